public import Probability
public import Tensors

/// Stochastic weight averaging (Izmailov et al. 2018, algorithm 1): the mean of the iterates of the end of a training.
///
/// - Hyperparameters: which iterates; the model's prior, which stands for the weight decay.
/// - State: the point parameters, and the mean so far.
/// - Start: the means of the initialisation.
/// - Step: as maximum a posteriori, best with a high constant or cyclical learning rate.
public struct StochasticWeightAveraging: PointMethod, Hashable {
  public var averaging: IterateAveraging

  public init(_ averaging: IterateAveraging = IterateAveraging()) {
    self.averaging = averaging
  }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? {
    SWA(averaging.times(stepsPerEpoch: stepsPerEpoch, steps: steps))
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> {
    guard let posterior = SWA(averaging.times(stepsPerEpoch: 1, steps: 1)).posterior(state.collected) else {
      throw TrainingError.nothingCollected
    }
    return posterior
  }
}
