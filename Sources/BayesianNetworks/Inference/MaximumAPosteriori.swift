public import Probability
public import Tensors

/// Maximum a posteriori: the weights of the highest posterior density.
///
/// - Hyperparameters: the model's prior.
/// - State: the point parameters, which are the weights and the likelihood's own.
/// - Start: the means of the initialisation.
/// - Step: down the gradient of -log p(minibatch | w) - (B / N) log p(w). Dropout layers drop units in training alone.
public struct MaximumAPosteriori: PointMethod, Hashable {
  public init() {}

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> { PointPosterior(state.parameters) }
}
