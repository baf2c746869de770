import BayesianNetworks
import Foundation
import Probability
import StudyModel
import Tensors

/// The scores of a trained posterior: those of every run, and those that the file asks for besides.
struct NetworkScores {
  let plan: NetworkPlan
  let configuration: SweepConfiguration
  let fold: PreparedFold
  let evaluation: Evaluation
  let key: RandomKey

  var model: BayesianModel { plan.model }

  /// All metrics by name.
  ///
  /// - Parameters:
  ///   - iterates: Point parameters along the path of the training, for the loss plane.
  ///   - progress: Called now and then with the passes over the data that are done and their number; may throw to end the
  ///     evaluation.
  func metrics(
    of posterior: any Posterior<Float>, iterates: [Vector<Float>], context: any RunContext,
    progress: (Int, Int) throws -> Void
  ) throws -> [String: Double] {
    let predictive: any Predictive<Float> = plan.method.predictive(of: posterior, model: model)
    let inference = configuration.inference
    var metrics: [String: Double] = [:]
    let drawn = predictive.drawn(evaluation.samples)
    var before = 0
    if inference.method.isVariational, inference.temperature == 1,
      let density = posterior as? any DensityPosterior<Float>
    {
      var bound = evaluation
      bound.samples = configuration.elboSamples
      before = bound.samples
      metrics = try bound.boundMetrics(
        of: density, model: plan.scoredModel(of: posterior), complexity: plan.complexity, data: fold.train
      ) { try progress($0, before + drawn) }
    }
    let scores = try evaluation.scores(of: predictive, data: fold.validation) {
      try progress(before + $0, before + drawn)
    }
    metrics.merge(scores) { $1 }
    if model.likelihood.parameterCount == 0 { metrics["noise"] = nil }
    func pause() throws { try progress(before + drawn, before + drawn) }
    let wanted = configuration.scores
    if !wanted.isDisjoint(with: [.waic, .psisLOO]) {
      // The same likelihoods serve both.
      let likelihoods = try evaluation.pointwise(of: predictive, data: fold.train) { _ in try pause() }
      if wanted.contains(.waic) { metrics.merge(named(.waic, likelihoods.waic.density.total)) { $1 } }
      if wanted.contains(.psisLOO) { metrics.merge(try leaveOneOut(likelihoods, context: context)) { $1 } }
    }
    for score in wanted.sorted(by: { $0.rawValue < $1.rawValue }) {
      try pause()
      let extra = try metricsOf(
        score, posterior, predictive: predictive, iterates: iterates, context: context, pause: pause)
      metrics.merge(extra) { $1 }
    }
    return metrics
  }

  private func metricsOf(
    _ score: EvaluationConfiguration.Score, _ posterior: any Posterior<Float>,
    predictive: any Predictive<Float>, iterates: [Vector<Float>], context: any RunContext, pause: () throws -> Void
  ) throws -> [String: Double] {
    switch score {
    case .brier:
      guard case .classes(let classes) = fold.validation.targets else { return [:] }
      let scores = try evaluation.classificationScores(
        of: predictive, data: fold.validation, classes: classes
      ) { _ in try pause() }
      return named(.brier, scores.brierScore)
    case .waic, .psisLOO: return [:]  // Made together before.
    case .learningCurve: return [:]  // Said along the training.
    case .importanceWeighted:
      guard let density = posterior as? any DensityPosterior<Float> else { return [:] }
      var wide = evaluation
      wide.samples = max(evaluation.samples, configuration.evaluation.importanceSamples)
      let weights = try wide.logWeights(of: density, model: plan.scoredModel(of: posterior), data: fold.train) { _ in
        try pause()
      }
      return named(
        .importanceWeightedELBO,
        weights.importanceWeightedBound(samples: configuration.evaluation.importanceSamples))
    case .laplaceEvidence:
      guard let evidence = (posterior as? any EvidencePosterior)?.logEvidence else { return [:] }
      return [NetworkMetric.laplaceEvidence.rawValue: evidence - targetShift]
    case .exactEvidence: return try exactEvidence()
    case .ais: return try annealedEvidence(context: context, pause: pause)
    case .clml: return try conditionalEvidence(context: context, pause: pause)
    case .pruning: return try pruning(posterior, context: context, pause: pause)
    case .fgsm: return try fastGradientSign(posterior, predictive: predictive, context: context, pause: pause)
    case .calibrationCurve: return try calibration(predictive, context: context, pause: pause)
    case .weightHistogram: return weightHistogram(posterior, context: context)
    case .lossPlane: return try lossPlane(iterates, context: context)
    }
  }

  /// A tail of too few samples has no shape: then there is no k-hat, and everything else of the run stays good.
  private func leaveOneOut(
    _ likelihoods: PointwiseLogLikelihood, context: any RunContext
  ) throws -> [String: Double] {
    let estimate = likelihoods.leaveOneOut()
    var metrics = named(.psisLOO, estimate.density.total)
    guard estimate.largestShape.isFinite else {
      let reason =
        "psis-loo: \(likelihoods.samples) posterior samples are too few for a k-hat; take more "
        + "(inference.evaluationSamples, and samples or members that are kept)"
      if configuration.objective.metric == NetworkMetric.kHat.rawValue { throw ObjectiveError(reason) }
      context.log(.warning, reason)
      return metrics
    }
    metrics[NetworkMetric.kHat.rawValue] = estimate.largestShape
    return metrics
  }

  func named(_ metric: NetworkMetric, _ estimate: Estimate) -> [String: Double] {
    var metrics = [metric.rawValue: estimate.value]
    metrics[metric.standardErrorName] = estimate.standardError
    return metrics
  }

  /// What the log density of all training targets loses in their own units.
  var targetShift: Double {
    guard case .values(let values) = fold.train.targets else { return 0 }
    return Double(values.rows * values.columns) * log(fold.scaling.scale)
  }
}
