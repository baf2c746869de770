import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// What the trainings of a run have in common.
struct MemberSettings {
  let plan: NetworkPlan
  let fold: PreparedFold
  let configuration: SweepConfiguration
  let evaluation: Evaluation
  /// The key of the run.
  let key: RandomKey
}

/// The training of one network of a run: of its only one, or of a member of its ensemble.
///
/// What there is to say is kept until the run takes it, because members may be trained on several threads.
/// `@unchecked Sendable`: a round gives each member to one thread, and ends before anything else looks at it.
final class MemberTraining: @unchecked Sendable {
  enum Remark {
    case log(String)
    case report([String: Double])
  }

  /// Why a training cannot go on.
  struct Divergence: Error {
    var member: Int
    var step: Int
    var reason: String
  }

  let member: Int
  let totalSteps: Int
  var stepsPerEpoch: Int { trainer.stepsPerEpoch }
  private let settings: MemberSettings
  private let trainer: Trainer<Float>
  private var stopping: StoppingRule?
  private var path: TrainingPath
  private let curve: LearningCurve?
  private var progress: TrainingProgress
  private var remarks: [Remark] = []

  private var plan: NetworkPlan { settings.plan }

  /// - Throws: `TrainingError` where the settings do not fit the data.
  init(_ member: Int, _ settings: MemberSettings) throws {
    self.member = member
    self.settings = settings
    let (plan, fold, configuration) = (settings.plan, settings.fold, settings.configuration)
    trainer = try plan.trainer(member: member, data: fold.train, key: settings.key.folded(0))
    totalSteps = trainer.settings.steps
    let (stepsPerEpoch, totalSteps) = (trainer.stepsPerEpoch, trainer.settings.steps)
    stopping = configuration.training.earlyStopping.map { StoppingRule($0, stepsPerEpoch: stepsPerEpoch) }
    // Of an ensemble, the plane lies through the path of the last member.
    path = TrainingPath(
      plan: plan, isKept: configuration.scores.contains(.lossPlane) && member == plan.members - 1,
      stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, key: settings.key.folded(5))
    curve =
      configuration.scores.contains(.learningCurve)
      ? LearningCurve(stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps) : nil
    progress = TrainingProgress(
      plan: plan, member: member, fold: fold, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps,
      key: settings.key.folded(2))
  }

  // MARK: Steps

  var state: TrainingState<Float> { trainer.state }

  var isDone: Bool { state.step >= totalSteps || stopping?.hasStopped ?? false }

  /// Makes steps until it is done or the time has come; at least one.
  ///
  /// - Throws: `Divergence`
  func advance(until deadline: ContinuousClock.Instant) throws {
    repeat { try step() } while !isDone && ContinuousClock.now < deadline
  }

  /// - Throws: `Divergence`
  func step() throws {
    let loss: MinibatchLoss
    do {
      loss = try trainer.step()
    } catch {
      throw described(error)
    }
    remarks += progress.add(loss, after: state)
    path.add(state)
    if let line = curveLine() { remarks.append(.log(line)) }
    if let fault = noiseFault(after: state.step) {
      throw Divergence(member: member, step: state.step, reason: fault)
    }
    guard var rule = stopping, rule.isDue(after: state.step), plan.hasPosterior(state) else { return }
    rule.update(state, score: validationScore())
    stopping = rule
    if rule.hasStopped, let best = bestEpoch {
      remarks.append(.log("early stopping: the lppd of the validation data was best in epoch \(best)"))
    }
  }

  /// What was to be said since this was asked last.
  func takeRemarks() -> [Remark] {
    defer { remarks = [] }
    return remarks
  }

  private func curveLine() -> String? {
    guard let curve, curve.isDue(after: state.step), plan.hasPosterior(state) else { return nil }
    return curve.line(
      plan.method.iterate(of: state, model: plan.model), step: state.step,
      member: plan.members > 1 ? member + 1 : nil, model: plan.model, data: settings.fold.validation,
      evaluation: settings.evaluation)
  }

  /// The lppd of the validation data under the present iterate.
  private func validationScore() -> Double {
    var look = settings.evaluation
    look.samples = min(20, look.samples)
    let predictive = MonteCarloPredictive(plan.method.iterate(of: state, model: plan.model), model: plan.model)
    return look.scores(of: predictive, data: settings.fold.validation)["lppd"] ?? .nan
  }

  private func described(_ error: TrainingError) -> any Error {
    guard case .diverged(let step, let layer, let reason) = error else { return error }
    // What is not a number has no sign worth telling.
    let text = reason.replacing("-nan", with: "nan")
    return Divergence(member: member, step: step, reason: text + (layer.map { ", in \($0)" } ?? ""))
  }

  /// What is wrong with a learned noise, at the ends of some hundred epochs: a noise that runs away leaves the loss finite
  /// for long, and the run would end with scores that mean nothing.
  private func noiseFault(after step: Int) -> String? {
    let every = max(1, totalSteps / stepsPerEpoch / 100) * stepsPerEpoch
    return step % every == 0 ? noiseFault : nil
  }

  private var noiseFault: String? {
    guard plan.model.likelihood.parameterCount > 0 else { return nil }
    let point = plan.method.iterate(of: state, model: plan.model).sample(0, key: settings.key.folded(5))
    return plan.model.noise(of: point)
      .flatMap { SensibleRange(of: settings.fold, plan.model.likelihood).fault(ofNoise: $0) }
  }

  // MARK: What came out

  /// The state at the end: the best one with early stopping.
  var finalState: TrainingState<Float> { stopping?.bestState ?? state }

  /// The epoch of the best state, with early stopping.
  var bestEpoch: Int? { stopping?.best.map { $0.step / stepsPerEpoch } }

  /// Point parameters along the training, where they are kept.
  var iterates: [Vector<Float>] { path.iterates }

  // MARK: Checkpoints

  var snapshot: Checkpoint<Float>.Training {
    Checkpoint.Training(state, member: member, best: stopping?.best, path: path.iterates)
  }

  /// Whether it is worth keeping: a diverged state is not, and the next step says so.
  var isSound: Bool {
    let parameters = state.parameters
    let isFinite = withExtendedLifetime(parameters) {
      Float.allFinite(parameters.unsafePointer, count: parameters.count)
    }
    return isFinite && noiseFault == nil
  }

  /// Goes on from a state that a training with the same settings had.
  func resume(from saved: Checkpoint<Float>.Training) throws {
    try trainer.resume(from: saved.state)
    path.resume(saved.path)
    stopping?.resume(best: saved.best, step: saved.state.step)
    progress.resumed(at: saved.state.step)
  }
}
