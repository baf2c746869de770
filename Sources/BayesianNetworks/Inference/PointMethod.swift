public import Probability
public import Tensors

/// A method whose training goes down the loss of one value of the weights, with its prior: -log p(minibatch | w) -
/// (B / N) log p(w).
public protocol PointMethod: InferenceMethod {}

extension PointMethod {
  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    PointEstimateObjective(model, initialization: initialization, maximumRows: maximumRows)
  }
}

/// A Markov chain over the weights: its samples, which the collector keeps, are the posterior.
public protocol ChainMethod: PointMethod {}

extension ChainMethod {
  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> {
    guard !state.collected.buffers.isEmpty else { throw TrainingError.nothingCollected }
    return SampleSetPosterior(state.collected.buffers)
  }
}
