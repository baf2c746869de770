public import Probability
public import Tensors

/// Minimises an objective on minibatches, one explicit step at a time.
///
/// The optimiser sees the gradient of the loss divided by the size of a full minibatch, so that learning rates mean the
/// same for every batch size. A step makes no tensors, except where the collector keeps an iterate.
public final class Trainer<Scalar: DensityScalar> {
  public let objective: any MinibatchObjective<Scalar>
  public let settings: TrainingSettings
  public private(set) var state: TrainingState<Scalar>
  /// The norm of the last step's gradient, before it was clipped; nil without clipping.
  public private(set) var gradientNorm: Double?
  private let data: Examples<Scalar>
  private let block: ExampleBlock<Scalar>
  private let noiseKey: RandomKey
  private let chainKey: RandomKey
  private let inputKey: RandomKey
  private let augmentsInputs: Bool
  private var minibatches: Minibatches
  private var gradient: Vector<Scalar>

  /// - Parameters:
  ///   - key: Everything random follows from it: the start, the order of the examples, the noise of every step and of its
  ///     inputs.
  /// - Throws: `TrainingError` where the settings are out of range or the data does not fit the objective.
  public init(
    _ objective: any MinibatchObjective<Scalar>, settings: TrainingSettings, data: Examples<Scalar>, key: RandomKey
  ) throws(TrainingError) {
    try settings.check()
    try objective.check(data)
    try settings.augmentation.check(inputs: data.inputs.columns)
    guard min(settings.batchSize, data.count) <= objective.maximumRows else {
      throw .badSetting(
        name: "the batch size", found: "\(settings.batchSize)", expected: "at most \(objective.maximumRows)")
    }
    self.objective = objective
    self.settings = settings
    self.data = data
    minibatches = Minibatches(count: data.count, batchSize: settings.batchSize, key: key.folded(1))
    noiseKey = key.folded(2)
    chainKey = key.folded(3)
    inputKey = key.folded(4)
    augmentsInputs = !settings.augmentation.isEmpty
    block = ExampleBlock(data, rows: minibatches.batchSize)
    state = TrainingState(
      parameters: objective.initialParameters(key: key.folded(0)), optimizer: settings.optimizer,
      collector: settings.collector)
    gradient = Vector(count: state.parameters.count)
  }

  public var stepsPerEpoch: Int { minibatches.stepsPerEpoch }

  /// Whether all steps of the settings are made. `step()` can go on after them.
  public var isFinished: Bool { state.step >= settings.steps }

  /// Goes on from a state that a trainer with the same settings had.
  public func resume(from state: TrainingState<Scalar>) throws(TrainingError) {
    let count = self.state.parameters.count
    guard state.parameters.count == count else {
      throw .wrongState(reason: "it has \(state.parameters.count) parameters, the model \(count)")
    }
    guard state.optimizer.map(\.count) == self.state.optimizer.map(\.count) else {
      throw .wrongState(reason: "it has \(state.optimizer.count) buffers of another optimiser")
    }
    // A collector may add buffers as it goes; those that it starts with stay as long as they are.
    let started: [Vector<Scalar>] = settings.collector?.initialBuffers(count: count) ?? []
    guard state.collected.buffers.prefix(started.count).map(\.count) == started.map(\.count),
      settings.collector != nil || state.collected.buffers.isEmpty
    else {
      throw .wrongState(reason: "what it has collected belongs to another collector")
    }
    self.state = state
  }

  /// Makes one step, and gives the loss before it.
  ///
  /// - Throws: `TrainingError.diverged` where the loss, the parameters or the gradient's norm are not finite. The loss is
  ///   looked at in every step, the parameters in every step of a small model and every 64th of a large one.
  @discardableResult
  public func step() throws(TrainingError) -> MinibatchLoss {
    let number = state.step
    let rows = minibatches.rows(step: number)
    let (inputs, targets) = block.gather(rows)
    if augmentsInputs { block.augment(rows, settings.augmentation, key: inputKey.folded(number)) }
    let count = state.parameters.count
    let parameters = state.parameters.unsafeMutablePointer()
    let derivatives = gradient.unsafeMutablePointer()
    let minibatch = Minibatch(
      inputs: inputs, targets: targets, rows: rows.count, fraction: Double(rows.count) / Double(data.count),
      complexityFactor: settings.complexityFactor(step: number))
    let loss = objective.evaluate(
      minibatch, parameters: parameters, key: noiseKey.folded(number), gradient: derivatives)
    guard loss.total.isFinite else { throw diverged("the loss is \(loss.total)", step: number + 1) }
    let gradientScale = try clipped(derivatives, count: count, 1 / Double(minibatches.batchSize))
    settings.optimizer.update(
      OptimizerStep(
        parameters: parameters, gradient: UnsafePointer(derivatives), count: count, gradientScale: gradientScale,
        batchFraction: Double(rows.count) / Double(minibatches.batchSize),
        rateFactor: settings.schedule.factor(step: number), number: number, total: settings.steps,
        examples: data.count, key: chainKey.folded(number)), state: &state.optimizer)
    state.step = number + 1
    if isLook(after: number + 1), !Scalar.allFinite(parameters, count: count) {
      throw diverged("a parameter is not finite after the step", step: number + 1)
    }
    if let collector = settings.collector, collector.isDue(after: number + 1, of: settings.steps) {
      collector.collect(UnsafePointer(parameters), count: count, into: &state.collected)
    }
    return loss
  }

  private func clipped(
    _ gradient: UnsafeMutablePointer<Scalar>, count: Int, _ gradientScale: Double
  ) throws(TrainingError) -> Double {
    guard let clipping = settings.clipping else { return gradientScale }
    let (norm, scale) = clipping.scale(UnsafePointer(gradient), count: count, gradientScale: gradientScale)
    gradientNorm = norm
    guard norm.isFinite else { throw diverged("the norm of the gradient is \(norm)", step: state.step + 1) }
    return scale
  }

  /// Whether the parameters are looked at after a step, from 1: always in small models, where that costs nothing; in large
  /// ones now and then, at the end of an epoch and at that of the training.
  private func isLook(after number: Int) -> Bool {
    state.parameters.count <= 4096 || number % 64 == 0 || number % stepsPerEpoch == 0 || number == settings.steps
  }

  /// The error of a step, from 1, with the first place where a parameter or a derivative is not finite.
  private func diverged(_ reason: String, step: Int) -> TrainingError {
    let index = (0..<state.parameters.count).first { !state.parameters[$0].isFinite || !gradient[$0].isFinite }
    return .diverged(step: step, layer: index.map { objective.locate($0) }, reason: reason)
  }
}
