import BayesianNetworks
import Datasets
import StudyModel
import Tensors

/// One training with its scores. What it computes depends on the assignment alone; the clock decides only when
/// something is said.
final class NetworkRun {
  private let plan: NetworkPlan
  private let fold: PreparedFold
  private let trainer: Trainer<Float>
  private let evaluation: Evaluation
  private let context: any RunContext
  private let metric: String
  private let learningRate: Double
  private let totalSteps: Int
  private var progress: TrainingProgress
  private var lastCheckpoint: Int?

  init(_ assignment: RunAssignment, data: StudyData, context: any RunContext) throws {
    let configuration = assignment.configuration
    let fold = try data.fold(assignment.fold)
    let plan = try NetworkPlan(configuration, data: data.dataset)
    let key = StudyRandomness.run(assignment)
    let batchSize = min(configuration.training.batchSize, fold.train.count)
    let stepsPerEpoch = Minibatches.stepsPerEpoch(count: fold.train.count, batchSize: batchSize)
    totalSteps = stepsPerEpoch * configuration.training.epochs
    trainer = try Trainer(
      VariationalObjective(
        plan.model, method: plan.method, initialization: plan.initialization, maximumRows: batchSize),
      settings: TrainingSettings(optimizer: plan.optimizer, batchSize: batchSize, steps: totalSteps),
      data: fold.train, key: key.folded(0))
    evaluation = Evaluation(
      samples: configuration.inference.evaluationSamples, scaling: fold.scaling, key: key.folded(1))
    (self.plan, self.fold, self.context) = (plan, fold, context)
    metric = configuration.objective.metric
    learningRate = configuration.training.learningRate
    progress = TrainingProgress(
      plan: plan, fold: fold, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, key: key.folded(2))
    context.log(
      .info,
      "\(data.dataset.name): \(fold.train.count) rows for training, \(fold.validation.count) for validation, "
        + "\(fold.train.inputs.columns) inputs; \(plan.model.network.parameterCount) weights")
    if let warning = plan.slowScales(configuration, steps: totalSteps) { context.log(.warning, warning) }
    resume(from: assignment.checkpoint)
  }

  /// Makes the steps that are left.
  ///
  /// - Throws: `ObjectiveError` when the training diverges; `RunInterrupted` when it is to stop.
  func train() throws {
    while trainer.state.step < totalSteps {
      try pauseIfAsked()
      let loss: MinibatchLoss
      do throws(TrainingError) {
        loss = try trainer.step()
      } catch .diverged(let step, let layer, let reason) {
        throw diverged(layer.map { "\(reason), in \($0)" } ?? reason, step)
      }
      progress.add(loss, after: trainer.state, to: context)
    }
  }

  /// The metrics of the trained posterior.
  ///
  /// - Throws: `ObjectiveError` when one is not finite; `RunInterrupted` when the run is to stop: it goes on with the
  ///   evaluation later.
  func evaluate() throws -> [String: Double] {
    let state = trainer.state
    let metrics = try evaluation.metrics(
      of: state, model: plan.model, complexity: plan.method.complexity, training: fold.train,
      validation: fold.validation
    ) { done, all in
      try pauseIfAsked()
      progress.evaluated(done, of: all, to: context)
    }
    for (name, value) in metrics.sorted(by: { $0.key < $1.key }) where !value.isFinite {
      throw ObjectiveError("metric '\(name)' is \(value); try a lower training.learningRate (\(learningRate))")
    }
    guard metrics[metric] != nil else {
      throw ObjectiveError("there is no metric '\(metric)'; there are \(metrics.keys.sorted().joined(separator: ", "))")
    }
    return metrics
  }

  /// A checkpoint that cannot be used costs time and nothing else: the run begins anew, and ends with the same metrics.
  private func resume(from bytes: [UInt8]?) {
    guard let bytes else { return }
    do {
      let checkpoint = try Checkpoint<Float>(decoding: bytes, model: plan.model, optimizer: plan.optimizer)
      guard checkpoint.state.step <= totalSteps else {
        context.log(.warning, "the checkpoint is of step \(checkpoint.state.step) of \(totalSteps); begins anew")
        return
      }
      try trainer.resume(from: checkpoint.state)
      lastCheckpoint = checkpoint.state.step
      progress.resumed(at: checkpoint.state.step)
      context.log(.info, "goes on from the checkpoint after step \(checkpoint.state.step) of \(totalSteps)")
    } catch {
      context.log(.warning, "\(error); begins anew")
    }
  }

  private func pauseIfAsked() throws {
    let isToStop = context.stopRequested
    if isToStop || context.checkpointDue { checkpoint() }
    if isToStop { throw RunInterrupted() }
  }

  private func checkpoint() {
    let state = trainer.state
    // A diverged state is not worth keeping, and the next step says so.
    guard state.step != lastCheckpoint, state.step > 0, hasFiniteParameters else { return }
    lastCheckpoint = state.step
    context.checkpoint(step: state.step, bytes: Checkpoint(state, network: plan.model.network).encode())
  }

  private var hasFiniteParameters: Bool {
    let parameters = trainer.state.parameters
    return withExtendedLifetime(parameters) { Float.allFinite(parameters.unsafePointer, count: parameters.count) }
  }

  private func diverged(_ what: String, _ step: Int) -> ObjectiveError {
    let epoch = (step - 1) / trainer.stepsPerEpoch + 1
    return ObjectiveError(
      "the training diverged at step \(step) of \(totalSteps) (epoch \(epoch)): \(what); "
        + "try a lower training.learningRate (\(learningRate))")
  }
}
