extension SweepConfiguration {
  /// The extra scores of a run: those that the file asks for, and the one that the objective's metric comes from.
  package var scores: Set<EvaluationConfiguration.Score> {
    Set(evaluation.scores).union([NetworkMetric(rawValue: objective.metric)?.score].compactMap { $0 })
  }
}

extension SweepConfiguration {
  /// Posterior samples for the evidence lower bound. A hundred say it well enough by far for most data, where the
  /// predictive scores, which are logarithms of means, may need thousands.
  package var elboSamples: Int { evaluation.elboSamples ?? min(inference.evaluationSamples, 100) }
}

extension NetworkMetric {
  /// Why the configuration, taken as it stands without its space, has no such metric; nil if it has.
  package func obstacle(in configuration: SweepConfiguration) -> String? {
    let kind = configuration.model.likelihood.kind
    if let only = likelihood, only != kind {
      return "needs a \(only.rawValue) likelihood, and the model's is \(kind.rawValue)"
    }
    switch self {
    case .elbo, .elboLikelihood, .elboComplexity:
      let inference = configuration.inference
      if !inference.method.isVariational {
        return "belongs to a variational method, and inference.method is \"\(inference.method.rawValue)\""
      }
      return configuration.temperatureObstacle
    case .fgsmError(let epsilon):
      return configuration.evaluation.fgsm.epsilons.contains(epsilon) ? nil : "is not among evaluation.fgsm.epsilons"
    case .prunedError(let fraction), .prunedRMSE(let fraction):
      if !configuration.evaluation.pruning.fractions.contains(fraction) {
        return "is not among evaluation.pruning.fractions"
      }
    default: break
    }
    return score?.obstacle(in: configuration)
  }
}

extension EvaluationConfiguration.Score {
  /// Why the configuration, taken as it stands without its space, has no such score; nil if it has.
  package func obstacle(in configuration: SweepConfiguration) -> String? {
    let (model, inference) = (configuration.model, configuration.inference)
    let method = inference.method
    func needs(_ what: String) -> String { "needs \(what), and inference.method is \"\(method.rawValue)\"" }
    switch self {
    case .brier, .fgsm:
      return model.likelihood.kind == .categorical ? nil : "needs a categorical likelihood, and the model's is gaussian"
    case .waic, .psisLOO: return method.isPoint ? needs("samples of a posterior") : nil
    case .clml: return method.isPoint ? needs("samples of a posterior") : configuration.temperatureObstacle
    case .importanceWeighted:
      return method.isVariational ? configuration.temperatureObstacle : needs("a variational method")
    case .laplaceEvidence: return method == .laplace ? configuration.temperatureObstacle : needs("\"laplace\"")
    case .exactEvidence:
      let hasOneLayer = model.architecture == .polynomial || model.architecture == .mlp && model.hidden.isEmpty
      let isLinear = hasOneLayer && model.likelihood.kind == .gaussian
      if !isLinear { return "needs a linear model (\"hidden\": []) with a gaussian likelihood" }
      if inference.prior.kind != .gaussian { return "needs a gaussian prior" }
      return configuration.temperatureObstacle
    case .ais: return configuration.temperatureObstacle
    case .pruning: return method.hasScales ? nil : needs("a method with a standard deviation for each weight")
    case .calibrationCurve, .weightHistogram, .lossPlane, .learningCurve: return nil
    }
  }
}

extension SweepConfiguration {
  fileprivate var temperatureObstacle: String? {
    let temperature = inference.temperature
    return temperature == 1
      ? nil
      : "is evidence, which is defined at temperature 1 alone, and inference.temperature is "
        + JSONValue.number(temperature).canonical.excerpt
  }
}
