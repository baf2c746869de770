public import Probability
public import Tensors

/// A way from data to a posterior: hyperparameters alone. It says what is minimised, by what rule, what is kept along the
/// way, and what posterior the end state stands for.
///
/// A training is `Trainer(method.objective(...), settings: ..., ...)`; the method's optimiser and collector go into the
/// settings.
public protocol InferenceMethod: Sendable {
  /// What is minimised.
  func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar>

  /// The rule of the steps, from the optimiser that was asked for; Langevin dynamics and IVON have rules of their own and
  /// take over the learning rate alone.
  ///
  /// - Parameter examples: N, the examples of the data.
  func optimizer(
    from optimizer: any Optimizer, learningRate: Double, model: BayesianModel, examples: Int
  ) -> any Optimizer

  /// What is kept along the way of a training of so many steps.
  func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)?

  /// The posterior that a finished training stands for.
  ///
  /// - Parameters:
  ///   - data: What it was trained on: Laplace's approximation measures the curvature there.
  ///   - key: Names the random numbers of what is computed after the training.
  /// - Throws: `TrainingError.wrongState` where the training was too short to collect what the posterior is made of.
  func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar>

  /// What the parameters of an unfinished training stand for, for a look at it on the way.
  func iterate<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel
  ) -> any Posterior<Scalar>

  /// The distribution of the outputs under a posterior of this method.
  func predictive<Scalar: DensityScalar>(
    of posterior: any Posterior<Scalar>, model: BayesianModel
  ) -> any Predictive<Scalar>
}

extension InferenceMethod {
  public func optimizer(
    from optimizer: any Optimizer, learningRate: Double, model: BayesianModel, examples: Int
  ) -> any Optimizer { optimizer }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? { nil }

  /// The first numbers are the point parameters.
  public func iterate<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel
  ) -> any Posterior<Scalar> {
    PointPosterior(state.parameters[0..<model.parameterCount])
  }

  /// Samples of the weights, or of the outputs where the posterior gives them directly.
  public func predictive<Scalar: DensityScalar>(
    of posterior: any Posterior<Scalar>, model: BayesianModel
  ) -> any Predictive<Scalar> {
    if let outputs = posterior as? any OutputPosterior<Scalar> {
      return OutputPredictive(outputs, noise: model.noise(of: posterior.sample(0, key: RandomKey(seed: 0))))
    }
    return MonteCarloPredictive(posterior, model: model)
  }
}
