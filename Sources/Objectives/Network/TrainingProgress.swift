import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// Says how far a training is: a line about once a second and for the first and the last epoch, a report about twice a
/// second. It looks at the training and changes nothing in it.
struct TrainingProgress {
  private static let logSeconds = 1.0
  private static let reportSeconds = 0.5
  /// Validation rows and posterior samples for a quick look; the scores of the run are taken from all.
  private static let rows = 256
  private static let samples = 2

  private let plan: NetworkPlan
  /// The number of the network, from 0.
  private let member: Int
  private let fold: PreparedFold
  private let look: Evaluation
  private let lookedAt: Examples<Float>
  private let stepsPerEpoch: Int
  private let totalSteps: Int
  private var lastLog = ContinuousClock.now
  private var lastReport = ContinuousClock.now
  /// Losses since the epoch began, or since the run went on.
  private var likelihood = 0.0
  private var complexity = 0.0
  private var steps = 0
  private var lastEpoch: (likelihood: Double, complexity: Double)?
  private var isFirstEpoch = true

  init(
    plan: NetworkPlan, member: Int, fold: PreparedFold, stepsPerEpoch: Int, totalSteps: Int, key: RandomKey
  ) {
    self.plan = plan
    self.member = member
    self.fold = fold
    self.stepsPerEpoch = stepsPerEpoch
    self.totalSteps = totalSteps
    look = Evaluation(samples: Self.samples, scaling: fold.scaling, key: key)
    // Evenly spaced: rows that lie together are often alike.
    let looked = min(Self.rows, fold.validation.count)
    lookedAt = fold.validation.selecting(rows: (0..<looked).map { $0 * fold.validation.count / looked })
  }

  mutating func resumed(at step: Int) {
    isFirstEpoch = step < stepsPerEpoch
  }

  /// Takes a step in, and gives what there is to say.
  mutating func add(_ loss: MinibatchLoss, after state: TrainingState<Float>) -> [MemberTraining.Remark] {
    likelihood -= loss.negativeLogLikelihood
    complexity += loss.complexity * loss.batchFraction
    steps += 1
    let isEpochEnd = state.step % stepsPerEpoch == 0
    if isEpochEnd {
      // After a resumption only a part of the epoch was seen.
      let scale = Double(stepsPerEpoch) / Double(steps)
      lastEpoch = (likelihood * scale, complexity * scale)
      (likelihood, complexity, steps) = (0, 0, 0)
    }
    let now = ContinuousClock.now
    let isLast = state.step == totalSteps
    let isLogDue = isEpochEnd && isFirstEpoch || isLast || (now - lastLog) >= .seconds(Self.logSeconds)
    let isReportDue = isLast || (now - lastReport) >= .seconds(Self.reportSeconds)
    if isEpochEnd { isFirstEpoch = false }
    guard isLogDue || isReportDue else { return [] }
    let metrics = metrics(state)
    var remarks: [MemberTraining.Remark] = []
    if isReportDue {
      remarks.append(.report(metrics.filter(\.value.isFinite)))
      lastReport = now
    }
    if isLogDue {
      remarks.append(.log(line(state.step, metrics)))
      lastLog = now
    }
    return remarks
  }

  /// A quick look at the validation data, and for variational methods the evidence lower bound as the last epoch's steps saw
  /// it (the weights changed under way).
  private func metrics(_ state: TrainingState<Float>) -> [String: Double] {
    let iterate = plan.method.iterate(of: state, model: plan.model)
    var metrics = look.scores(of: MonteCarloPredictive(iterate, model: plan.model), data: lookedAt)
    if plan.model.likelihood.parameterCount == 0 { metrics["noise"] = nil }
    guard iterate is any DensityPosterior<Float> else { return metrics }
    let scale = Double(stepsPerEpoch) / Double(max(steps, 1))
    let sums = lastEpoch ?? (likelihood * scale, complexity * scale)
    var targets = 0.0
    if case .values(let values) = fold.train.targets { targets = Double(values.rows * values.columns) }
    // In the target's own units a density is smaller by the scale.
    let ownUnits = sums.likelihood - targets * log(fold.scaling.scale)
    metrics["elbo"] = ownUnits - sums.complexity
    metrics["elbo_likelihood"] = ownUnits
    metrics["elbo_complexity"] = sums.complexity
    return metrics
  }

  private func line(_ step: Int, _ metrics: [String: Double]) -> String {
    let epochs = totalSteps / stepsPerEpoch
    let within = step % stepsPerEpoch
    var line = plan.members > 1 ? "member \(member + 1)/\(plan.members) " : ""
    line += "epoch \((step - 1) / stepsPerEpoch + 1)/\(epochs)"
    if within != 0 { line += " step \(within)/\(stepsPerEpoch)" }
    for name in ["elbo", "rmse", "error", "lppd"] {
      if let value = metrics[name] { line += " \(name) \(Self.short(value))" }
    }
    return line
  }

  /// Four digits after the point, or four significant ones.
  private static func short(_ value: Double) -> String {
    String(format: abs(value) >= 1000 ? "%.1f" : "%.4g", value)
  }
}
