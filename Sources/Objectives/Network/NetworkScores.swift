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

  /// All metrics by name. Those of the training itself, `learningCurve`, were said along it.
  ///
  /// NAME_standard_error is what NAME would change by with other posterior samples and the same data: of `elbo`, of the
  /// predictive scores, and of the estimates of the evidence. `waic` and `psis_loo` have the field's standard error over the
  /// points (Vehtari, Gelman and Gabry 2017) instead.
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
    let scores = try evaluation.predictiveScores(of: predictive, data: fold.validation, hasErrors: true) {
      try progress(before + $0, before + drawn)
    }
    metrics.merge(scores.values) { $1 }
    metrics.merge(scores.standardErrors) { $1 }
    if model.likelihood.parameterCount == 0 { metrics["noise"] = nil }
    func pause() throws { try progress(before + drawn, before + drawn) }
    let wanted = configuration.scores
    // Of the predictions that are there.
    if wanted.contains(.brier), let brier = scores.brierScore { metrics.merge(named(.brier, brier)) { $1 } }
    if wanted.contains(.calibrationCurve) { logCalibration(scores, context: context) }
    if !wanted.isDisjoint(with: [.waic, .psisLOO]) {
      // The same likelihoods serve both.
      let likelihoods = try evaluation.pointwise(of: predictive, data: fold.train) { _ in try pause() }
      if wanted.contains(.waic) { metrics.merge(named(.waic, likelihoods.waic.density.total)) { $1 } }
      if wanted.contains(.psisLOO) { metrics.merge(try leaveOneOut(likelihoods, context: context)) { $1 } }
    }
    // Each of the others computes anew.
    func add(_ score: EvaluationConfiguration.Score, _ compute: () throws -> [String: Double]) throws {
      guard wanted.contains(score) else { return }
      try pause()
      metrics.merge(try compute()) { $1 }
    }
    try add(.ais) { try annealedEvidence(context: context, pause: pause) }
    try add(.clml) { try conditionalEvidence(context: context, pause: pause) }
    try add(.exactEvidence) { try exactEvidence() }
    try add(.fgsm) { try fastGradientSign(posterior, predictive: predictive, context: context, pause: pause) }
    try add(.importanceWeighted) { try importanceWeightedBound(posterior, pause: pause) }
    try add(.laplaceEvidence) { laplaceEvidence(posterior) }
    try add(.pruning) { try pruning(posterior, context: context, pause: pause) }
    if wanted.contains(.weightHistogram) { logWeightHistogram(posterior, context: context) }
    if wanted.contains(.lossPlane) {
      try pause()
      try logLossPlane(iterates, context: context)
    }
    return metrics
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
