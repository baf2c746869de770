public import Probability
public import Tensors

/// The state of a training whose parameters are the means of all weights, their rhos, and the likelihood's parameters.
extension TrainingState {
  /// The state before the first step.
  public init(
    _ model: BayesianModel, optimizer: any Optimizer, initialization: PosteriorInitialization, key: RandomKey
  ) {
    let parameters: Vector<Scalar> = initialization.parameters(
      of: model.network, followedBy: model.likelihood.initialParameters, key: key)
    self.init(parameters: parameters, optimizer: optimizer)
  }

  /// The posterior of the weights.
  public func posterior(of model: BayesianModel) -> DiagonalGaussian<Scalar> {
    let count = model.network.parameterCount
    return DiagonalGaussian(mean: parameters[0..<count], rho: parameters[count..<(2 * count)])
  }

  /// The posterior of the weights, with the likelihood's parameters after them.
  public func variationalPosterior(of model: BayesianModel) -> VariationalPosterior<Scalar>
  where Scalar: DensityScalar {
    VariationalPosterior(posterior(of: model), tail: parameters[(2 * model.network.parameterCount)..<parameters.count])
  }

  /// The noise scale of a Gaussian likelihood, fixed or learned; nil for a classification.
  public func noise(of model: BayesianModel) -> Double? {
    model.likelihood.noise(parameters: parameters[(2 * model.network.parameterCount)..<parameters.count].doubles)
  }
}
