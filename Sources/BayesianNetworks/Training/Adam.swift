import Foundation
public import Tensors

/// Adam (Kingma and Ba 2015, algorithm 1, with the bias corrections in the step size as at the end of its section 2).
public struct Adam: Optimizer, Hashable {
  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  public var schedule: LearningRateSchedule

  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    schedule: LearningRateSchedule = .constant
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.schedule = schedule
  }

  public var stateBuffers: Int { 2 }

  public func update<Scalar: TensorScalar>(
    _ parameters: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, gradientScale: Double,
    state: inout [Vector<Scalar>], step: Int, count: Int
  ) {
    let n = Double(step + 1)
    let correction1 = 1 - pow(beta1, n)
    let correction2 = (1 - pow(beta2, n)).squareRoot()
    let rate = learningRate * schedule.factor(step: step) * correction2 / correction1
    Scalar.adamStep(
      parameters, gradient: gradient, gradientScale: Scalar(gradientScale),
      firstMoment: state[0].unsafeMutablePointer(), secondMoment: state[1].unsafeMutablePointer(),
      beta1: Scalar(beta1), beta2: Scalar(beta2), rate: Scalar(rate), epsilon: Scalar(epsilon * correction2),
      count: count)
  }
}
