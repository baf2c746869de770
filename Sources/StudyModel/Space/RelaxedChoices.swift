extension SweepConfiguration {
  /// The dimensions of listed values between which one training can choose at a point, with those values, in the order of
  /// the space: activations, families of priors where the objective has the prior in it, and hidden layers of equal depth.
  /// The point has the values of all active dimensions.
  package func relaxed(at point: Point) -> [Exploration.Choice] {
    guard objective.isNetwork, let configuration = try? applying(point),
      configuration.inference.method == .bayesByBackprop, configuration.model.architecture == .mlp,
      configuration.model.dropout == 0, configuration.model.inputDropout == 0, !followsFoldsTogether,
      configuration.inference.prior.per == nil, configuration.inference.prior.scales == nil,
      !configuration.training.augmentsInputs,
      objective.metric == "elbo" || configuration.inference.temperature == 1
    else { return [] }
    return space.dimensions.compactMap { dimension in
      guard point[dimension.name] != nil, case .values(let values) = dimension.domain, canRelax(dimension),
        dimension.name != "model.activation" || !configuration.model.hidden.isEmpty
      else { return nil }
      return Exploration.Choice(dimension.name, values)
    }
  }

  /// Whether it lists values between which a training can choose.
  func canRelax(_ dimension: Dimension) -> Bool {
    guard case .values(let values) = dimension.domain, values.count >= 2 else { return false }
    switch dimension.name {
    case "model.activation": return true
    case "inference.prior.kind":
      return objective.metric == "elbo"
        && values.allSatisfy { ["gaussian", "laplace", "scale-mixture"].contains($0.string ?? "") }
    case "model.hidden":
      let depths = Set(values.map { $0.array?.count ?? 0 })
      return depths.count == 1 && depths.first ?? 0 >= 1
    default: return false
    }
  }
}
