public import Probability
public import Tensors

/// Maximum likelihood: the weights that explain the data best, without a prior.
///
/// - Hyperparameters: none.
/// - State: the point parameters, which are the weights and the likelihood's own.
/// - Start: the means of the initialisation.
/// - Step: down the gradient of -log p(minibatch | w). Dropout layers drop units in training alone.
public struct MaximumLikelihood: InferenceMethod, Hashable {
  public init() {}

  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    PointEstimateObjective(model, hasPrior: false, initialization: initialization, maximumRows: maximumRows)
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> { PointPosterior(state.parameters) }
}
