/// How parameters are trained, whatever the objective.
public struct TrainingSettings: Sendable {
  public var optimizer: any Optimizer
  /// Examples of a minibatch; more than there are is the same as all.
  public var batchSize: Int
  /// Steps in all: cyclical chains and collectors go by it.
  public var steps: Int
  /// The factor of the optimiser's learning rate.
  public var schedule: LearningRateSchedule
  public var clipping: GradientClipping?
  /// A factor for the complexity that rises to 1.
  public var complexityWarmup: Warmup
  /// Another factor for the complexity, which stays: below 1 for a cold posterior. Langevin methods have a temperature of
  /// their own, which is a factor of their noise.
  public var temperature: Double
  /// What is kept along the way.
  public var collector: (any IterateCollector)?
  /// Noise and shifts of the inputs of each minibatch.
  public var augmentation: InputAugmentation

  public init(
    optimizer: any Optimizer, batchSize: Int, steps: Int, schedule: LearningRateSchedule = .constant,
    clipping: GradientClipping? = nil, complexityWarmup: Warmup = .none, temperature: Double = 1,
    collector: (any IterateCollector)? = nil, augmentation: InputAugmentation = .none
  ) {
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.steps = steps
    self.schedule = schedule
    self.clipping = clipping
    self.complexityWarmup = complexityWarmup
    self.temperature = temperature
    self.collector = collector
    self.augmentation = augmentation
  }

  /// The factor of the complexity at a step, from 0.
  public func complexityFactor(step: Int) -> Double { temperature * complexityWarmup.factor(step: step) }

  func check() throws(TrainingError) {
    guard batchSize >= 1 else {
      throw .badSetting(name: "the batch size", found: "\(batchSize)", expected: "at least 1")
    }
    guard steps >= 0 else {
      throw .badSetting(name: "the number of steps", found: "\(steps)", expected: "0 or more")
    }
    guard temperature.isFinite, temperature >= 0 else {
      throw .badSetting(name: "the temperature", found: "\(temperature)", expected: "a finite number, 0 or more")
    }
  }
}
