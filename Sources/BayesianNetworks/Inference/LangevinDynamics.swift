public import Probability
public import Tensors

/// Stochastic gradient Langevin dynamics (Welling and Teh 2011): a Markov chain over the weights.
///
/// - Hyperparameters: the fraction of the steps that is burn-in; how many samples are kept; the temperature.
/// - State: the point parameters.
/// - Start: the means of the initialisation.
/// - Step: the rule `SGLD` on -log p(minibatch | w) - (B / N) log p(w). After the burn-in, iterates are kept, evenly
///   spread; they are the posterior.
public struct LangevinDynamics: InferenceMethod, Hashable {
  /// In [0, 1).
  public var burnIn: Double
  public var samples: Int
  public var temperature: Double

  public init(burnIn: Double = 0.5, samples: Int = 50, temperature: Double = 1) {
    self.burnIn = burnIn
    self.samples = samples
    self.temperature = temperature
  }

  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    PointEstimateObjective(model, initialization: initialization, maximumRows: maximumRows)
  }

  public func optimizer(
    from optimizer: any Optimizer, learningRate: Double, model: BayesianModel, examples: Int
  ) -> any Optimizer { SGLD(learningRate: learningRate, temperature: temperature) }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? {
    ChainSamples(CollectionTimes(start: Int(burnIn * Double(steps)), every: 1), maximum: samples)
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> { try state.chain() }
}

extension TrainingState where Scalar: DensityScalar {
  /// The samples of a chain.
  func chain() throws(TrainingError) -> SampleSetPosterior<Scalar> {
    guard !collected.buffers.isEmpty else { throw .nothingCollected }
    return SampleSetPosterior(collected.buffers)
  }
}

extension TrainingError {
  static var nothingCollected: TrainingError {
    .wrongState(reason: "it has collected too few iterates for a posterior: train longer or collect earlier")
  }
}
