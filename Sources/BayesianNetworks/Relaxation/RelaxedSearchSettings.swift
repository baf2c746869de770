import Foundation

/// How weights and choices are trained together. All is a function of the step's number.
package struct RelaxedSearchSettings: Sendable {
  /// Of the weights.
  package var optimizer: any Optimizer
  /// The factor of the weights' rate, by the steps; nil falls to 0 along a cosine.
  package var schedule: LearningRateSchedule?
  /// Of the logits.
  package var logitOptimizer: any Optimizer
  /// In all.
  package var steps: Int
  /// The part of the steps, at the start, in which the logits stay and every step trains the weights of options that are
  /// drawn uniformly: shared weights are best for the options that were trained most (Yu et al. 2020, "Evaluating the
  /// search phase of neural architecture search"), and all begin alike.
  package var warmup: Double
  /// Between warm-up and straight-through steps the temperature falls exponentially from one to the other.
  package var temperature: (start: Double, end: Double)
  /// The part of the steps, at the end, with one-hot draws and the derivative of the soft ones.
  package var straightThrough: Double
  /// The part of the steps of the weights between, at first, that train options drawn uniformly as in the warm-up. It falls
  /// linearly to 0 at the first straight-through step.
  package var exploration: Double
  /// The weight of the logits' entropy in Q of one example, after the warm-up. It falls linearly to 0 at the first
  /// straight-through step.
  package var entropyWeight: Double
  package var batchSize: Int
  package var validationBatchSize: Int
  /// Clips the gradients of the weights and of the logits, each by itself.
  package var clipping: GradientClipping?
  /// The training has diverged where a loss of an example is above the first one by this many times its size or 1.
  package var growthLimit = 1e6

  package init(
    steps: Int, optimizer: any Optimizer = Adam(learningRate: 5e-3), schedule: LearningRateSchedule? = nil,
    logitOptimizer: any Optimizer = Adam(learningRate: 0.02, beta1: 0.5), warmup: Double = 0.3,
    temperature: (start: Double, end: Double) = (2, 0.1), straightThrough: Double = 0.15, exploration: Double = 0.25,
    entropyWeight: Double = 1, batchSize: Int = 128, validationBatchSize: Int? = nil,
    clipping: GradientClipping? = nil
  ) {
    self.steps = steps
    self.optimizer = optimizer
    self.schedule = schedule
    self.logitOptimizer = logitOptimizer
    self.warmup = warmup
    self.temperature = temperature
    self.straightThrough = straightThrough
    self.exploration = exploration
    self.entropyWeight = entropyWeight
    self.batchSize = batchSize
    self.validationBatchSize = validationBatchSize ?? batchSize
    self.clipping = clipping
  }

  /// The first step at which the logits move.
  package var warmupSteps: Int { Int((warmup * Double(steps)).rounded()) }

  /// The first straight-through step after the warm-up.
  package var straightThroughStart: Int {
    max(warmupSteps, steps - Int((straightThrough * Double(steps)).rounded()))
  }

  /// How far a step is between warm-up (0) and straight-through (1).
  func progress(_ step: Int) -> Double {
    let length = straightThroughStart - warmupSteps
    guard length > 0 else { return step < warmupSteps ? 0 : 1 }
    return min(1, max(0, Double(step - warmupSteps) / Double(length)))
  }

  /// The temperature at a step, from 0.
  package func temperature(step: Int) -> Double {
    temperature.start * pow(temperature.end / temperature.start, progress(step))
  }

  /// Whether draws of a step are one-hot.
  package func isStraightThrough(step: Int) -> Bool { step < warmupSteps || step >= straightThroughStart }

  /// The weight of the entropy at a step.
  func entropyWeight(step: Int) -> Double { entropyWeight * (1 - progress(step)) }

  /// The chance that a step of the weights takes options that are drawn uniformly.
  func exploration(step: Int) -> Double { step < warmupSteps ? 1 : exploration * (1 - progress(step)) }

  func check() throws(RelaxedSearchError) {
    func need(_ isGood: Bool, _ name: String, _ found: Any, _ expected: String) throws(RelaxedSearchError) {
      if !isGood { throw .badSetting(name: name, found: "\(found)", expected: expected) }
    }
    try need(steps >= 1, "the number of steps", steps, "at least 1")
    try need(batchSize >= 1, "the batch size", batchSize, "at least 1")
    try need(validationBatchSize >= 1, "the validation batch size", validationBatchSize, "at least 1")
    try need(
      warmup >= 0 && straightThrough >= 0 && warmup + straightThrough <= 1, "warm-up and straight-through part",
      (warmup, straightThrough), "parts of the steps that are at most 1 together")
    try need(
      temperature.start >= temperature.end && temperature.end > 0 && temperature.start.isFinite, "the temperature",
      temperature, "positive numbers, the first one not below the last")
    try need((0...1).contains(exploration), "the exploration", exploration, "a part from 0 to 1")
    try need(entropyWeight >= 0 && entropyWeight.isFinite, "the entropy's weight", entropyWeight, "0 or more")
  }
}
