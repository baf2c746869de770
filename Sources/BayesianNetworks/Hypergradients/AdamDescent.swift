package import Tensors

/// Adam (Kingma and Ba 2015), for weights on which the loss depends on very different scales, as the means and the standard
/// deviations of a posterior.
package struct AdamDescent: InnerDescent {
  package var adam: Adam
  /// The factor of the learning rate, by the training steps made in all.
  package var schedule: LearningRateSchedule
  package var steps: Int

  package init(_ adam: Adam, schedule: LearningRateSchedule = .constant, steps: Int) {
    self.adam = adam
    self.schedule = schedule
    self.steps = steps
  }

  package var statePerWeight: Int { 2 }

  package func check() throws(HypergradientError) {
    try checkRate(adam.learningRate)
    try checkSteps()
    for (name, value) in [("beta1", adam.beta1), ("beta2", adam.beta2)] where !(value >= 0 && value < 1) {
      throw .badSetting(name: name, found: "\(value)", expected: "at least 0 and below 1")
    }
  }

  package func step<Scalar: TensorScalar>(
    _ weights: UnsafeMutablePointer<Scalar>, state: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>,
    count: Int, number: Int
  ) {
    let (rate, epsilon) = adam.corrected(number, rateFactor: schedule.factor(step: number))
    Scalar.adamStep(
      weights, gradient: gradient, gradientScale: 1, firstMoment: state, secondMoment: state + count,
      beta1: Scalar(adam.beta1), beta2: Scalar(adam.beta2), rate: Scalar(rate), epsilon: Scalar(epsilon), count: count)
  }

  /// rate (1 - beta1) / (sqrt(second moment) + epsilon): the second moment counts as given, as a long average does.
  package func scale<Scalar: TensorScalar>(
    _ vector: UnsafeMutablePointer<Scalar>, state: UnsafePointer<Scalar>, count: Int, number: Int
  ) {
    let (rate, epsilon) = adam.corrected(number, rateFactor: schedule.factor(step: number))
    Scalar.scale(
      vector, by: Scalar(rate * (1 - adam.beta1)), overRootOf: state + count, plus: Scalar(epsilon), count: count)
  }
}
