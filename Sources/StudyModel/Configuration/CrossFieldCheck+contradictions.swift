extension CrossFieldCheck {
  /// What contradicts itself at some point of the space.
  mutating func contradictions() {
    if isSearched("model.likelihood.kind") { return }
    for corner in configuration.corners(of: Self.deciding) {
      for issue in corner.contradictions where !issues.contains(issue) { issues.append(issue) }
    }
  }

  /// The fields that the rules look at.
  private static let deciding = [
    "inference.method", "inference.prior.kind", "inference.temperature", "inference.klWarmupEpochs",
    "model.architecture",
    "model.hidden", "inference.prior.per", "inference.prior.scales", "inference.laplace.curvature",
    "inference.laplace.tunePrior", "training.epochs", "training.schedule.warmupEpochs", "training.shift",
  ]

  /// Monte Carlo dropout without dropout is one point.
  mutating func dropout() {
    let (model, method) = (configuration.model, InferenceConfiguration.Method.monteCarloDropout)
    guard configuration.possibleValues(of: "inference.method").contains(method.rawValue), model.dropout == 0,
      model.inputDropout == 0, !isSearched("model.dropout", "model.inputDropout")
    else { return }
    issue("model.dropout", "is 0, and \"\(method.rawValue)\" needs dropout; add \"dropout\": 0.5, or inputDropout")
  }
}

extension SweepConfiguration {
  /// What contradicts itself in the configuration as it stands, without its space.
  var contradictions: [ConfigurationError.Issue] {
    var issues: [ConfigurationError.Issue] = []
    let (method, prior) = (inference.method, inference.prior.kind)
    if method == .laplace || method == .ivon, prior != .gaussian {
      issues.append(
        .init("inference.prior.kind", "is \"\(prior.rawValue)\", and \"\(method.rawValue)\" needs a gaussian prior"))
    } else if prior == .graves, method != .bayesByBackprop {
      issues.append(
        .init(
          "inference.prior.kind",
          "\"graves\" is refitted to the posterior of \"bayes-by-backprop\", and inference.method is "
            + "\"\(method.rawValue)\"; use a gaussian prior"))
    }
    let grouping = inference.prior.grouping ?? (prior == .gaussian && scaleCount > 0 ? .layer : nil)
    if method == .ivon, grouping != nil {
      issues.append(
        .init("inference.prior.per", "\"ivon\" needs one scale for all weights: remove \"per\" and \"scales\""))
    }
    if method == .laplace, grouping == .weight {
      if inference.laplace.curvature == .kronecker {
        issues.append(
          .init(
            "inference.laplace.curvature",
            "\"kronecker\" needs a prior scale for each layer, and \"per\" is \"weight\"; use \"full\" or \"diagonal\"")
        )
      }
      if inference.laplace.tunePrior {
        issues.append(
          .init(
            "inference.laplace.tunePrior",
            "tunes a scale for each layer at the most, and \"per\" is \"weight\"; set it to false"))
      }
    }
    if grouping == .layer, scaleCount > model.layersWithWeights {
      issues.append(
        .init(
          "inference.prior.scales",
          "there are \(scaleCount), and the network's layers with weights are \(model.layersWithWeights)"))
    }
    if [.lenet5, .vgg].contains(model.architecture), let data, !data.hasImages {
      issues.append(
        .init(
          "model.architecture",
          "\"\(model.architecture.rawValue)\" needs images: data from idx, npy or cifar; use \"mlp\" for rows"))
    }
    if let shift = training.shift, shift > 0 {
      if let data, !data.hasImages {
        issues.append(.init("training.shift", "needs images: data from idx, npy or cifar; remove it"))
      } else if model.architecture == .polynomial {
        issues.append(.init("training.shift", "needs images, and \"polynomial\" reads powers; remove it"))
      }
    }
    let warmups = [
      ("inference.klWarmupEpochs", method.isVariational ? inference.klWarmupEpochs : 0),
      ("training.schedule.warmupEpochs", training.schedule.warmupEpochs),
    ]
    for (path, epochs) in warmups where epochs > 0 && epochs >= training.epochs {
      issues.append(
        .init(
          ConfigurationPath(path.split(separator: ".").map { .key(String($0)) }),
          "\(epochs) is not below training.epochs, \(training.epochs); the warm-up would never end"))
    }
    if let metric = NetworkMetric(rawValue: objective.metric), let obstacle = metric.obstacle(in: self) {
      issues.append(.init("objective.metric", "\"\(metric.rawValue)\" \(obstacle); \(remedy(for: metric))"))
    }
    for (index, score) in evaluation.scores.enumerated() {
      guard let obstacle = score.obstacle(in: self) else { continue }
      let place = ConfigurationPath("evaluation.scores").appending(index)
      issues.append(.init(place, "\"\(score.rawValue)\" \(obstacle); remove it"))
    }
    return issues
  }

  /// Scales of groups of weights that are in the file, or at every point of the space.
  private var scaleCount: Int {
    let searched = space.dimensions.compactMap { dimension -> Int? in
      guard case .groupScale(let index)? = Hyperparameter(path: dimension.name), dimension.condition == nil else {
        return nil
      }
      return index + 1
    }
    return max(inference.prior.scales?.count ?? 0, searched.max() ?? 0)
  }

  private func remedy(for metric: NetworkMetric) -> String {
    switch metric {
    case .fgsmError, .prunedError, .prunedRMSE:
      if metric.score?.obstacle(in: self) == nil, metric.likelihood == model.likelihood.kind { return "add it there" }
    default: break
    }
    let suiting = NetworkMetric.allCases.filter { $0.score == nil && $0.obstacle(in: self) == nil }
    return "it has \(Spelling.list(suiting.map(\.rawValue), "and"))"
  }

  /// The configuration at every combination of what the space says of some paths: all listed values, the ends of
  /// ranges.
  func corners(of paths: [String]) -> [SweepConfiguration] {
    var wanted = Set(paths)
    // A condition names a dimension that comes before.
    for dimension in space.dimensions.reversed() where wanted.contains(dimension.name) {
      if let name = dimension.condition?.name { wanted.insert(name) }
    }
    var points = [Point()]
    for dimension in space.dimensions where wanted.contains(dimension.name) {
      points = points.flatMap { point -> [Point] in
        guard dimension.isActive(at: point) else { return [point] }
        return dimension.domain.extremeValues.map { value in
          var next = point
          next.values.members.append(.init(dimension.name, value))
          return next
        }
      }
      points = Array(points.prefix(Self.mostCorners))
    }
    return points.map { point in
      var corner = self
      for member in point.values.members {
        if case .value(let field) = Self.schema.lookup(member.key) { try? field.set(member.value, &corner) }
      }
      return corner
    }
  }

  /// Beyond so many the rest is left to the runs, which look at their own point.
  private static let mostCorners = 4096
}

extension Domain {
  /// The listed values, a few integers, or the ends of a range.
  fileprivate var extremeValues: [JSONValue] {
    switch self {
    case .values(let values): return values
    case .float(let range, _, _): return [.number(range.lowerBound), .number(range.upperBound)]
    case .integer(let range, _, _):
      if let count, count <= 16 { return range.map { .integer($0) } }
      return [.integer(range.lowerBound), .integer(range.upperBound)]
    }
  }
}
