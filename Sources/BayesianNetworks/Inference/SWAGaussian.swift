public import Probability
public import Tensors

/// SWA-Gaussian, SWAG (Maddox et al. 2019, algorithm 1): a Gaussian of low rank plus a diagonal from the iterates of
/// the end of a training.
///
/// - Hyperparameters: which iterates; the rank K; the model's prior, which stands for the weight decay.
/// - State: the point parameters; mean, variances and the last K deviations so far.
/// - Start: the means of the initialisation.
/// - Step: as maximum a posteriori, best with a high constant learning rate.
public struct SWAGaussian: PointMethod, Hashable {
  public var averaging: IterateAveraging
  /// K
  public var rank: Int

  public init(_ averaging: IterateAveraging = IterateAveraging(), rank: Int = 20) {
    self.averaging = averaging
    self.rank = rank
  }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? {
    SWAG(averaging.times(stepsPerEpoch: stepsPerEpoch, steps: steps), rank: rank)
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> {
    let swag = SWAG(averaging.times(stepsPerEpoch: 1, steps: 1), rank: rank)
    guard let posterior = swag.posterior(state.collected) else { throw TrainingError.nothingCollected }
    return posterior
  }
}
