extension CrossFieldCheck {
  /// Whether there is something to explore, and an objective that can be differentiated.
  mutating func exploration() {
    let strategy = configuration.strategy
    let kind = "\"\(strategy.kind.rawValue)\""
    guard configuration.objective.isNetwork else {
      return issue("strategy.kind", "\(kind) needs a network: the objective of a program or a function has no gradient")
    }
    let metrics = strategy.kind == .gradient ? ["elbo", "lppd", "nll", "laplace_evidence"] : ["elbo", "lppd", "nll"]
    guard metrics.contains(configuration.objective.metric) else {
      return issue(
        "strategy.kind",
        "\(kind) follows \(metrics.dropLast().joined(separator: ", ")) or \(metrics[metrics.count - 1]); \"\(configuration.objective.metric)\" cannot be "
          + "differentiated")
    }
    exploredMethods(kind)
    if strategy.kind == .gradient { descent() }
    let likelihood = configuration.model.likelihood
    if likelihood.kind == .gaussian, likelihood.learned, configuration.space["model.likelihood.learned"] == nil {
      issue(
        "model.likelihood.learned",
        "cannot be true with the strategy \(kind): make the scale a dimension instead, \"model.likelihood.scale\"")
    }
    exploredDimensions(kind)
    if strategy.relax { relaxedDimensions() }
  }

  private mutating func relaxedDimensions() {
    let points = configuration.samplePoints
    guard points.allSatisfy({ configuration.relaxed(at: $0).isEmpty }) else { return }
    issue(
      "strategy.relax",
      "there is nothing to relax: it chooses between listed values of \"model.activation\" and \"model.hidden\" (of one "
        + "depth), and for elbo of \"inference.prior.kind\" (gaussian, laplace, scale-mixture), of a multilayer perceptron "
        + "with \"bayes-by-backprop\", at temperature 1, with one prior for all weights, and without dropout, input noise and shifts"
    )
  }

  private mutating func exploredMethods(_ kind: String) {
    let values = configuration.possibleValues(of: "inference.method")
    let metric = configuration.objective.metric
    let wanted: [InferenceConfiguration.Method] =
      switch metric {
      case "elbo": [.bayesByBackprop]
      case "laplace_evidence": [.laplace]
      default: InferenceConfiguration.Method.explorable
      }
    guard values.isDisjoint(with: wanted.map(\.rawValue)) else { return }
    issue(
      "strategy.kind", "\(kind) needs \"inference.method\": \(Spelling.list(wanted.map(\.rawValue))) for \(metric)")
  }

  private mutating func exploredDimensions(_ kind: String) {
    let known = Hyperparameter.paths
    let candidates = configuration.space.dimensions.filter { dimension in
      if case .float = dimension.domain { Hyperparameter(path: dimension.name) != nil } else { false }
    }
    guard !candidates.isEmpty else {
      return issue(
        "strategy.kind",
        "\(kind) needs a dimension on which the training loss depends continuously, a range of \(Spelling.list(known)); "
          + "the others are searched by trials")
    }
    let explored = configuration.exploredDimensions
    // Where the method itself does not fit, that has been said.
    if explored.isEmpty, issues.isEmpty {
      issue(
        "strategy.kind",
        "\(kind) has nothing to explore: with this method, prior, dropout and metric it cannot follow "
          + "\(Spelling.list(candidates.map(\.name))), which other strategies search by trials")
    }
    for dimension in candidates where explored.contains(dimension.name) {
      guard case .float(let range, _, _) = dimension.domain, let hyperparameter = Hyperparameter(path: dimension.name),
        ![range.lowerBound, range.upperBound].allSatisfy({ hyperparameter.unbounded($0).isFinite })
      else { continue }
      issue(
        ConfigurationPath([.key("space"), .key(dimension.name), .key("range")]),
        "leaves the domain that \(kind) explores, \(hyperparameter.domain)")
    }
  }

  /// Whether the gradient can be found as is asked for.
  private mutating func descent() {
    let (strategy, training) = (configuration.strategy, configuration.training)
    let method = "\"\(strategy.method.rawValue)\""
    let reverses = strategy.method == .unrolled || strategy.method == .drmad
    let optimizers: [TrainingConfiguration.Optimizer] = reverses ? [.sgd] : [.adam, .sgd]
    if !optimizers.contains(training.optimizer) {
      issue(
        "training.optimizer",
        "the gradients of the method \(method) are those of \(Spelling.list(optimizers.map(\.rawValue)))"
          + (reverses ? ", whose steps can be reversed" : ""))
    }
    let isEvidence = configuration.objective.metric == "laplace_evidence"
    if isEvidence != (strategy.method == .onlineLaplace) {
      issue(
        "strategy.method",
        isEvidence
          ? "laplace_evidence is followed by \"online-laplace\", and this is \(method)"
          : "\"online-laplace\" follows laplace_evidence, and the objective is \(configuration.objective.metric)")
    }
    let scales = configuration.space.dimensions.filter { dimension in
      switch Hyperparameter(path: dimension.name) {
      case .priorScale, .groupScale: true
      default: false
      }
    }
    if isEvidence, scales.isEmpty {
      issue(
        "strategy.method", "\(method) needs a range of \"inference.prior.scale\" or \"inference.prior.scales\"")
    }
    if isEvidence, configuration.inference.laplace.tunePrior {
      issue("inference.laplace.tunePrior", "cannot be true here: the prior is what the search is to find")
    }
    if isEvidence { cleanInputs(method) }
    if strategy.folds == .together { foldsTogether() }
  }

  private mutating func cleanInputs(_ method: String) {
    for key in ["inputNoise", "shift"] {
      let (field, name) = (ConfigurationPath([.key("training"), .key(key)]), "training.\(key)")
      let message = "cannot be here: \(method) follows the evidence of the inputs as they are; remove it"
      if given(field)?.double ?? 0 > 0 { issue(field, message) }
      if isSearched(name) { issue(ConfigurationPath([.key("space"), .key(name)]), message) }
    }
  }

  private mutating func foldsTogether() {
    let path: ConfigurationPath = "strategy.folds"
    if configuration.data?.split.kind != .kFold {
      issue(path, "\"together\" needs \"data.split.kind\": \"k-fold\"")
    }
    if !["lppd", "nll"].contains(configuration.objective.metric) {
      issue(path, "\"together\" is for lppd and nll; \(configuration.objective.metric) is of the training data")
    }
    let points = InferenceConfiguration.Method.allCases.filter { $0.trainsPoint && $0 != .laplace }.map(\.rawValue)
    if configuration.possibleValues(of: "inference.method").isDisjoint(with: points) {
      issue(path, "\"together\" trains points, by \(Spelling.list(points))")
    }
  }
}

extension Hyperparameter {
  /// Where it can be explored, in words.
  fileprivate var domain: String {
    switch self {
    case .priorScale, .groupScale, .likelihoodScale, .temperature, .inputNoise, .shift: "numbers above 0"
    case .mixtureWeight, .dropout, .inputDropout: "numbers between 0 and 1, without the ends"
    case .mixtureWide, .mixtureNarrow: "finite numbers"
    }
  }
}
