/// Cyclical stochastic gradient Langevin dynamics (Zhang et al. 2020, algorithm 1): a chain that goes to a mode,
/// samples there, and goes on to another.
///
/// - Hyperparameters: the cycles and their exploring part; how many samples are kept; the temperature.
/// - State: the point parameters.
/// - Start: the means of the initialisation.
/// - Step: the rule `CyclicalSGLD` on -log p(minibatch | w) - (B / N) log p(w). The iterates of the sampling parts of
///   all cycles are kept, evenly spread; they are the posterior.
public struct CyclicalLangevinDynamics: ChainMethod, Hashable {
  public var cycles: LangevinCycles
  public var samples: Int
  public var temperature: Double

  public init(cycles: LangevinCycles = LangevinCycles(cycles: 4), samples: Int = 50, temperature: Double = 1) {
    self.cycles = cycles
    self.samples = samples
    self.temperature = temperature
  }

  public func optimizer(
    from optimizer: any Optimizer, learningRate: Double, model: BayesianModel, examples: Int
  ) -> any Optimizer { CyclicalSGLD(learningRate: learningRate, cycles: cycles, temperature: temperature) }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? {
    ChainSamples(CollectionTimes(start: 0, every: 1), cycles: cycles, maximum: samples)
  }
}
