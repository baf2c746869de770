import BayesianNetworks
import Datasets
import StudyModel
import Tensors

/// One training with its scores. What it computes depends on the assignment alone; the clock decides only when
/// something is said.
final class NetworkRun {
  let plan: NetworkPlan
  let fold: PreparedFold
  private(set) var members: [Vector<Float>] = []
  private var trainer: Trainer<Float>
  private var stopping: StoppingRule?
  private let configuration: SweepConfiguration
  private let evaluation: Evaluation
  private let key: RandomKey
  private let context: any RunContext
  private let totalSteps: Int
  private var progress: TrainingProgress
  private var lastCheckpoint: Int?
  private var path: TrainingPath
  private let curve: LearningCurve?

  init(_ assignment: RunAssignment, data: StudyData, context: any RunContext) throws {
    configuration = assignment.configuration
    // The plan first: it knows which sizes cannot be.
    plan = try NetworkPlan(configuration, data: data.dataset)
    fold = try data.fold(assignment.fold).prepared(for: configuration.model)
    try plan.checkSizes(trainingRows: fold.train.count)
    key = StudyRandomness.run(assignment)
    self.context = context
    trainer = try plan.trainer(member: 0, data: fold.train, key: key.folded(0))
    totalSteps = trainer.settings.steps
    guard !totalSteps.multipliedReportingOverflow(by: plan.members).overflow else {
      throw ObjectiveError("training.epochs: \(configuration.training.epochs) for \(plan.members) members are too many")
    }
    path = TrainingPath(
      plan: plan, isKept: configuration.scores.contains(.lossPlane), stepsPerEpoch: trainer.stepsPerEpoch,
      totalSteps: totalSteps, key: key.folded(5))
    curve =
      configuration.scores.contains(.learningCurve)
      ? LearningCurve(stepsPerEpoch: trainer.stepsPerEpoch, totalSteps: totalSteps) : nil
    evaluation = Evaluation(
      samples: configuration.inference.evaluationSamples, scaling: fold.scaling, key: key.folded(1))
    progress = TrainingProgress(
      plan: plan, fold: fold, stepsPerEpoch: trainer.stepsPerEpoch, totalSteps: totalSteps, key: key.folded(2))
    stopping = configuration.training.earlyStopping.map {
      StoppingRule($0, stepsPerEpoch: trainer.stepsPerEpoch)
    }
    context.log(
      .info,
      "\(data.dataset.name): \(fold.train.count) rows for training, \(fold.validation.count) for validation, "
        + "\(fold.train.inputs.columns) inputs; \(plan.model.network.parameterCount) weights")
    for warning in plan.warnings(configuration, steps: totalSteps) { context.log(.warning, warning) }
    resume(from: assignment.checkpoint)
  }

  // MARK: Training

  /// Makes the steps that are left, of all members.
  ///
  /// - Throws: `ObjectiveError` when the training diverges; `RunInterrupted` when it is to stop.
  func train() throws {
    while true {
      while !isMemberDone { try step() }
      guard members.count < plan.members - 1 else { return }
      members.append(finalState.parameters[0..<plan.model.parameterCount])
      trainer = try plan.trainer(member: members.count, data: fold.train, key: key.folded(0))
      stopping?.reset()
      path.reset()
      progress.began(member: members.count)
    }
  }

  private var isMemberDone: Bool { trainer.state.step >= totalSteps || stopping?.hasStopped ?? false }

  private func step() throws {
    try pauseIfAsked()
    let loss: MinibatchLoss
    do {
      loss = try trainer.step()
    } catch {
      throw described(error)
    }
    progress.add(loss, after: trainer.state, to: context)
    path.add(trainer.state)
    sayCurve()
    if let fault = noiseFault(after: trainer.state.step) { throw diverged(fault) }
    guard var rule = stopping, rule.isDue(after: trainer.state.step), plan.hasPosterior(trainer.state) else { return }
    rule.update(trainer.state, score: validationScore())
    stopping = rule
    if rule.hasStopped, let best = rule.best {
      context.log(
        .info,
        "early stopping: the lppd of the validation data was best in epoch \(best.step / trainer.stepsPerEpoch)")
    }
  }

  private func sayCurve() {
    let state = trainer.state
    guard let curve, curve.isDue(after: state.step), plan.hasPosterior(state) else { return }
    context.log(
      .info,
      curve.line(
        plan.method.iterate(of: state, model: plan.model), step: state.step,
        member: plan.members > 1 ? members.count + 1 : nil, model: plan.model, data: fold.validation,
        evaluation: evaluation))
  }

  /// The lppd of the validation data under the present iterate.
  private func validationScore() -> Double {
    var look = evaluation
    look.samples = min(20, evaluation.samples)
    let iterate = plan.method.iterate(of: trainer.state, model: plan.model)
    return look.scores(of: MonteCarloPredictive(iterate, model: plan.model), data: fold.validation)["lppd"] ?? .nan
  }

  /// The state at the end: the best one with early stopping.
  private var finalState: TrainingState<Float> { stopping?.bestState ?? trainer.state }

  // MARK: Scores

  /// The posterior that the trained state stands for.
  func posterior() throws -> any Posterior<Float> {
    let state = finalState
    if plan.members > 1 {
      return SampleSetPosterior(members + [state.parameters[0..<plan.model.parameterCount]])
    }
    guard plan.hasPosterior(state) else {
      throw ObjectiveError(
        "\(configuration.inference.method.rawValue) has kept \(state.collected.count) iterates of the training, too few for a "
          + "posterior; raise training.epochs (\(configuration.training.epochs)), or begin to keep them earlier "
          + "(inference.\(configuration.inference.method.isChain ? "langevin.burnIn or .exploration" : "averaging.start or .everyEpochs"))"
      )
    }
    return try plan.posterior(of: state, data: fold.train, key: key.folded(3))
  }

  /// The metrics of the trained posterior.
  ///
  /// - Throws: `ObjectiveError` when one is not finite; `RunInterrupted` when the run is to stop: it goes on with the
  ///   evaluation later.
  func evaluate() throws -> [String: Double] { try evaluate(posterior()) }

  func evaluate(_ posterior: any Posterior<Float>) throws -> [String: Double] {
    let scores = NetworkScores(
      plan: plan, configuration: configuration, fold: fold, evaluation: evaluation, key: key.folded(4))
    var metrics = try scores.metrics(of: posterior, iterates: path.iterates, context: context) { done, all in
      try pauseIfAsked()
      progress.evaluated(done, of: all, to: context)
    }
    if let best = stopping?.best { metrics["best_epoch"] = Double(best.step / trainer.stepsPerEpoch) }
    if let fault = SensibleRange(of: fold, plan.model.likelihood).fault(in: metrics) {
      throw ObjectiveError("the training diverged: \(fault); \(kept); \(remedy)")
    }
    let metric = configuration.objective.metric
    guard metrics[metric] != nil else {
      throw ObjectiveError("there is no metric '\(metric)'; there are \(metrics.keys.sorted().joined(separator: ", "))")
    }
    return metrics
  }

  // MARK: Checkpoints

  /// A checkpoint that cannot be used costs time and nothing else: the run begins anew, and ends with the same metrics.
  private func resume(from bytes: [UInt8]?) {
    guard let bytes else { return }
    do {
      let checkpoint = try Checkpoint<Float>(
        decoding: bytes, expecting: trainer.state, pointCount: plan.model.parameterCount)
      guard checkpoint.state.step <= totalSteps, checkpoint.members.count < plan.members else {
        context.log(.warning, "the checkpoint is of step \(checkpoint.state.step) of \(totalSteps); begins anew")
        return
      }
      if !checkpoint.members.isEmpty {
        trainer = try plan.trainer(member: checkpoint.members.count, data: fold.train, key: key.folded(0))
        progress.began(member: checkpoint.members.count)
      }
      try trainer.resume(from: checkpoint.state)
      members = checkpoint.members
      path.resume(checkpoint.path)
      stopping?.resume(best: checkpoint.best, step: checkpoint.state.step)
      lastCheckpoint = position
      progress.resumed(at: checkpoint.state.step)
      context.log(.info, "goes on from the checkpoint after step \(checkpoint.state.step) of \(totalSteps)")
    } catch {
      context.log(.warning, "\(error); begins anew")
    }
  }

  /// Steps made, of all members.
  private var position: Int { members.count * totalSteps + trainer.state.step }

  private func pauseIfAsked() throws {
    let isToStop = context.stopRequested
    if isToStop || context.checkpointDue { checkpoint() }
    if isToStop { throw RunInterrupted() }
  }

  private func checkpoint() {
    let state = trainer.state
    // A diverged state is not worth keeping, and the next step says so.
    guard position != lastCheckpoint, position > 0, hasFiniteParameters, noiseFault == nil else { return }
    lastCheckpoint = position
    context.checkpoint(
      step: position,
      bytes: Checkpoint(state, members: members, best: stopping?.best, path: path.iterates).encode())
  }

  private var hasFiniteParameters: Bool {
    let parameters = trainer.state.parameters
    return withExtendedLifetime(parameters) { Float.allFinite(parameters.unsafePointer, count: parameters.count) }
  }

  private func described(_ error: TrainingError) -> any Error {
    guard case .diverged(let step, let layer, let reason) = error else { return error }
    // What is not a number has no sign worth telling.
    let text = reason.replacing("-nan", with: "nan")
    return diverged(text + (layer.map { ", in \($0)" } ?? ""), at: step)
  }

  private func diverged(_ reason: String, at step: Int? = nil) -> ObjectiveError {
    let step = step ?? trainer.state.step
    let epoch = (step - 1) / trainer.stepsPerEpoch + 1
    return ObjectiveError(
      "the training diverged at step \(step) of \(totalSteps) (epoch \(epoch)): \(reason); \(kept); \(remedy)")
  }

  private var kept: String {
    lastCheckpoint.map { "the last good checkpoint is of step \($0)" } ?? "there is no checkpoint of it yet"
  }

  private var remedy: String {
    let (inference, training) = (configuration.inference, configuration.training)
    let rate = "try a lower training.learningRate (\(training.learningRate))"
    // Its steps are long until h has come to the curvature of the likelihood.
    return inference.method == .ivon
      ? "\(rate), or a greater inference.ivon.hessian (\(inference.ivon.hessian)): of a regression near 1 / noise^2"
      : rate
  }

  /// What is wrong with a learned noise, at the ends of some hundred epochs: a noise that runs away leaves the loss finite
  /// for long, and the run would end with scores that mean nothing.
  private func noiseFault(after step: Int) -> String? {
    let every = max(1, totalSteps / trainer.stepsPerEpoch / 100) * trainer.stepsPerEpoch
    return step % every == 0 ? noiseFault : nil
  }

  private var noiseFault: String? {
    guard plan.model.likelihood.parameterCount > 0 else { return nil }
    let point = plan.method.iterate(of: trainer.state, model: plan.model).sample(0, key: key.folded(5))
    return plan.model.noise(of: point).flatMap { SensibleRange(of: fold, plan.model.likelihood).fault(ofNoise: $0) }
  }
}
