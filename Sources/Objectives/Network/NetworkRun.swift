import BayesianNetworks
import Datasets
import StudyModel
import Tensors

/// One training with its scores. What it computes depends on the assignment alone; the clock decides only when
/// something is said.
final class NetworkRun {
  let plan: NetworkPlan
  let fold: PreparedFold
  private var rounds: MemberRounds
  private let configuration: SweepConfiguration
  private let evaluation: Evaluation
  private let key: RandomKey
  private let context: any RunContext
  private let threads: Int
  /// Of the members that a member run trains.
  private let part: MemberPart?
  private var scoring = ScoringProgress()
  private var lastCheckpoint: Int?

  /// - Parameter threads: Members of an ensemble that are trained at a time.
  init(_ assignment: RunAssignment, data: StudyData, threads: Int, context: any RunContext) throws {
    configuration = assignment.configuration
    // The plan first: it knows which sizes cannot be.
    plan = try NetworkPlan(configuration, data: data.dataset)
    fold = try data.fold(assignment.fold).prepared(for: configuration.model)
    try plan.checkSizes(trainingRows: fold.train.count)
    key = StudyRandomness.run(assignment)
    self.context = context
    self.threads = min(threads, plan.members)
    evaluation = Evaluation(
      samples: configuration.inference.evaluationSamples, scaling: fold.scaling, key: key.folded(1))
    part = assignment.part
    rounds = try MemberRounds(
      MemberSettings(plan: plan, fold: fold, configuration: configuration, evaluation: evaluation, key: key),
      own: part?.members(of: plan.members) ?? Array(0..<plan.members), threads: self.threads)
    guard !rounds.totalSteps.multipliedReportingOverflow(by: plan.members).overflow else {
      throw ObjectiveError("training.epochs: \(configuration.training.epochs) for \(plan.members) members are too many")
    }
    context.log(
      .info,
      "\(data.dataset.name): \(fold.train.count) rows for training, \(fold.validation.count) for validation, "
        + "\(fold.train.inputs.columns) inputs; \(plan.model.network.parameterCount) weights")
    for warning in plan.warnings(configuration, steps: rounds.totalSteps) { context.log(.warning, warning) }
    resume(from: assignment)
  }

  // MARK: Training

  /// Makes the steps that are left, of all members.
  ///
  /// - Throws: `ObjectiveError` when the training diverges; `RunInterrupted` when it is to stop.
  func train() throws {
    try withThreads {
      while !rounds.isDone {
        try pauseIfAsked()
        do {
          try rounds.advance(context)
        } catch let error as MemberTraining.Divergence {
          throw diverged(error)
        }
      }
    }
  }

  /// Threads are for the members of an ensemble then, and linear algebra on one gives the same bits however many there are.
  private func withThreads<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard threads > 1 else { return try body() }
    let before = BLAS.threads
    BLAS.setThreads(1)
    defer { BLAS.setThreads(before) }
    return try body()
  }

  // MARK: Scores

  /// The posterior that the trained state stands for.
  func posterior() throws -> any Posterior<Float> {
    let state = rounds.last.finalState
    if plan.members > 1 {
      return SampleSetPosterior(rounds.others + [state.parameters[0..<plan.model.parameterCount]])
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
    var metrics = try withThreads {
      try scores.metrics(of: posterior, iterates: rounds.last.iterates, context: context) { done, all in
        try pauseIfAsked()
        scoring.evaluated(done, of: all, to: context)
      }
    }
    if let best = rounds.last.bestEpoch { metrics["best_epoch"] = Double(best) }
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

  /// A checkpoint that cannot be used costs time and nothing else: what is in it is trained again, and the run ends with
  /// the same metrics.
  private func resume(from assignment: RunAssignment) {
    let files = (assignment.checkpoint.map { [$0] } ?? []) + assignment.memberStates
    var checkpoints: [Checkpoint<Float>] = []
    for file in files {
      do {
        checkpoints.append(try rounds.checkpoint(decoding: file))
      } catch {
        context.log(.warning, "\(error); begins anew")
      }
    }
    guard !checkpoints.isEmpty else { return }
    do {
      try rounds.resume(from: checkpoints)
    } catch {
      return context.log(.warning, "\(error); begins anew")
    }
    lastCheckpoint = rounds.position
    if assignment.checkpoint != nil {
      context.log(.info, "goes on from the checkpoint after step \(rounds.position) of \(rounds.allSteps)")
    } else {
      context.log(.info, "\(plan.members) members from \(assignment.memberStates.count) member runs")
    }
  }

  /// What a member run ends with: it hands over the state of its members. The step tells the coordinator which state is
  /// the last one.
  func endOfPart() -> [String: Double] {
    checkpoint(isLast: true)
    return ["step": Double(rounds.position)]
  }

  private func pauseIfAsked() throws {
    let isToStop = context.stopRequested
    if isToStop || context.checkpointDue { checkpoint() }
    if isToStop { throw RunInterrupted() }
  }

  private func checkpoint(isLast: Bool = false) {
    let position = rounds.position
    // The last one is needed even where it was handed over before: whether it has arrived is not known here.
    guard position != lastCheckpoint || isLast, position > 0, let checkpoint = rounds.checkpoint else { return }
    lastCheckpoint = position
    context.checkpoint(step: position, bytes: checkpoint.encode())
  }

  // MARK: Divergence

  private func diverged(_ error: MemberTraining.Divergence) -> ObjectiveError {
    let epoch = (error.step - 1) / rounds.stepsPerEpoch + 1
    let member = plan.members > 1 ? " of member \(error.member + 1)" : ""
    return ObjectiveError(
      "the training diverged at step \(error.step) of \(rounds.totalSteps)\(member) (epoch \(epoch)): \(error.reason); "
        + "\(kept); \(remedy)")
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
}
