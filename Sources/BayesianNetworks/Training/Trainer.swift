public import Probability
public import Tensors

/// Trains a Bayesian network, one explicit step at a time.
///
/// The optimiser sees the gradient of the loss divided by the size of a full minibatch, so that learning rates mean the
/// same for every batch size.
public final class Trainer<Scalar: DensityScalar> {
  public let model: BayesianModel
  public let optimizer: any Optimizer
  public private(set) var state: TrainingState<Scalar>
  private let data: Examples<Scalar>
  private let loss: VariationalGradient<Scalar>
  private let block: ExampleBlock<Scalar>
  private let noiseKey: RandomKey
  private var minibatches: Minibatches
  private var gradient: Vector<Scalar>

  /// - Parameters:
  ///   - batchSize: More than the number of examples is the same as their number.
  ///   - key: Everything random follows from it: the start, the order of the examples, the noise of every step.
  public init(
    _ model: BayesianModel, method: BayesByBackprop, optimizer: any Optimizer, data: Examples<Scalar>, batchSize: Int,
    initialization: PosteriorInitialization = PosteriorInitialization(), key: RandomKey
  ) {
    precondition(
      data.inputs.columns == model.network.inputs,
      "the data has \(data.inputs.columns) inputs, the network \(model.network.inputs)")
    switch (model.likelihood, data.targets) {
    case (.gaussian, .values(let values)):
      precondition(
        values.columns == model.network.outputs,
        "the data has \(values.columns) targets, the network \(model.network.outputs) outputs")
    case (.categorical, .classes(let classes)):
      precondition(
        classes.allSatisfy { $0 >= 0 && $0 < model.network.outputs },
        "a class is outside the network's \(model.network.outputs) outputs")
    default:
      preconditionFailure("the likelihood \(model.likelihood) does not fit the targets")
    }
    self.model = model
    self.optimizer = optimizer
    self.data = data
    minibatches = Minibatches(count: data.count, batchSize: batchSize, key: key.folded(1))
    noiseKey = key.folded(2)
    loss = VariationalGradient(model, method: method, maximumRows: minibatches.batchSize)
    block = ExampleBlock(data, rows: minibatches.batchSize)
    state = TrainingState(model, optimizer: optimizer, initialization: initialization, key: key.folded(0))
    gradient = Vector(count: state.parameters.count)
  }

  public var stepsPerEpoch: Int { minibatches.stepsPerEpoch }

  /// Goes on from a state that a trainer with the same settings had.
  public func resume(from state: TrainingState<Scalar>) {
    precondition(
      state.parameters.count == self.state.parameters.count && state.optimizer.count == optimizer.stateBuffers,
      "the state belongs to another model or another optimiser")
    self.state = state
  }

  /// Makes one step, and gives the loss before it.
  @discardableResult
  public func step() -> MinibatchLoss {
    let rows = minibatches.rows(step: state.step)
    let (inputs, targets) = block.gather(rows)
    let parameters = state.parameters.unsafeMutablePointer()
    let derivatives = gradient.unsafeMutablePointer()
    let result = loss.evaluate(
      inputs: inputs, targets: targets, rows: rows.count, batchFraction: Double(rows.count) / Double(data.count),
      parameters: parameters, key: noiseKey.folded(state.step), gradient: derivatives)
    optimizer.update(
      parameters, gradient: derivatives, gradientScale: 1 / Double(minibatches.batchSize), state: &state.optimizer,
      step: state.step, count: state.parameters.count)
    state.step += 1
    return result
  }

  /// The posterior after the steps made so far.
  public var posterior: DiagonalGaussian<Scalar> { state.posterior(of: model) }
}
