/// Stochastic gradient Langevin dynamics with the preconditioner of RMSProp (Li, Chen, Carlson and Carin 2016).
///
/// - Hyperparameters: the fraction of the steps that is burn-in; how many samples are kept; the temperature; the
///   preconditioner's decay and epsilon.
/// - State: the point parameters, and the mean square of the gradient.
/// - Start: the means of the initialisation.
/// - Step: the rule `PreconditionedSGLD` on -log p(minibatch | w) - (B / N) log p(w). After the burn-in, iterates are
///   kept, evenly spread; they are the posterior.
public struct PreconditionedLangevinDynamics: ChainMethod, Hashable {
  /// In [0, 1).
  public var burnIn: Double
  public var samples: Int
  public var temperature: Double
  public var decay: Double
  public var epsilon: Double

  public init(
    burnIn: Double = 0.5, samples: Int = 50, temperature: Double = 1, decay: Double = 0.99, epsilon: Double = 1e-5
  ) {
    self.burnIn = burnIn
    self.samples = samples
    self.temperature = temperature
    self.decay = decay
    self.epsilon = epsilon
  }

  public func optimizer(
    from optimizer: any Optimizer, learningRate: Double, model: BayesianModel, examples: Int
  ) -> any Optimizer {
    PreconditionedSGLD(learningRate: learningRate, decay: decay, epsilon: epsilon, temperature: temperature)
  }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? {
    ChainSamples(CollectionTimes(start: Int(burnIn * Double(steps)), every: 1), maximum: samples)
  }
}
