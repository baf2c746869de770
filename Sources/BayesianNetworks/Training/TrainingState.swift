public import Tensors

/// Everything that a training carries from step to step: a value. Together with the settings and the key it determines
/// all further steps, bit for bit.
public struct TrainingState<Scalar: TensorScalar>: Sendable, Equatable {
  /// The means of all weights, their rhos, and the likelihood's parameters.
  public var parameters: Vector<Scalar>
  /// The optimiser's buffers, each as long as `parameters`.
  public var optimizer: [Vector<Scalar>]
  /// Steps made.
  public var step: Int

  public init(parameters: Vector<Scalar>, optimizer: [Vector<Scalar>], step: Int) {
    precondition(optimizer.allSatisfy { $0.count == parameters.count }, "the optimiser's buffers have another length")
    self.parameters = parameters
    self.optimizer = optimizer
    self.step = step
  }

  /// The state before the first step.
  public init(
    _ model: BayesianModel, optimizer: any Optimizer, initialization: PosteriorInitialization, key: RandomKey
  ) {
    let posterior: DiagonalGaussian<Scalar> = initialization.posterior(count: model.network.parameterCount, key: key)
    let parameters = Vector(
      posterior.mean.array + posterior.rho.array + model.likelihood.initialParameters.map { Scalar($0) })
    self.init(
      parameters: parameters,
      optimizer: (0..<optimizer.stateBuffers).map { _ in Vector(count: parameters.count) }, step: 0)
  }

  /// The posterior of the weights.
  public func posterior(of model: BayesianModel) -> DiagonalGaussian<Scalar> {
    let count = model.network.parameterCount
    let all = parameters.array
    return DiagonalGaussian(mean: Vector(Array(all[0..<count])), rho: Vector(Array(all[count..<(2 * count)])))
  }

  /// The noise scale of a Gaussian likelihood, fixed or learned; nil for a classification.
  public func noise(of model: BayesianModel) -> Double? {
    model.likelihood.noise(parameters: parameters.array[(2 * model.network.parameterCount)...].map { Double($0) })
  }
}
