/// Stochastic gradient Langevin dynamics (Welling and Teh 2011): a Markov chain over the weights.
///
/// - Hyperparameters: the fraction of the steps that is burn-in; how many samples are kept; the temperature.
/// - State: the point parameters.
/// - Start: the means of the initialisation.
/// - Step: the rule `SGLD` on -log p(minibatch | w) - (B / N) log p(w). After the burn-in, iterates are kept, evenly
///   spread; they are the posterior.
public struct LangevinDynamics: ChainMethod, Hashable {
  /// In [0, 1).
  public var burnIn: Double
  public var samples: Int
  public var temperature: Double

  public init(burnIn: Double = 0.5, samples: Int = 50, temperature: Double = 1) {
    self.burnIn = burnIn
    self.samples = samples
    self.temperature = temperature
  }

  public func optimizer(
    from optimizer: any Optimizer, learningRate: Double, model: BayesianModel, examples: Int
  ) -> any Optimizer { SGLD(learningRate: learningRate, temperature: temperature) }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? {
    ChainSamples(CollectionTimes(start: Int(burnIn * Double(steps)), every: 1), maximum: samples)
  }
}

extension TrainingError {
  static var nothingCollected: TrainingError {
    .wrongState(reason: "it has collected too few iterates for a posterior: train longer or collect earlier")
  }
}
