import Foundation
public import Tensors

/// Adam (Kingma and Ba 2015, algorithm 1, with the bias corrections in the step size as at the end of its section 2).
public struct Adam: Optimizer, Hashable {
  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double

  public init(learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public var stateBuffers: Int { 2 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    defer { withExtendedLifetime(state) {} }
    let (rate, epsilon) = corrected(step.number, rateFactor: step.rateFactor)
    Scalar.adamStep(
      step.parameters, gradient: step.gradient, gradientScale: Scalar(step.gradientScale),
      firstMoment: state[0].unsafeMutablePointer(), secondMoment: state[1].unsafeMutablePointer(),
      beta1: Scalar(beta1), beta2: Scalar(beta2), rate: Scalar(rate), epsilon: Scalar(epsilon), count: step.count)
  }

  /// The learning rate and epsilon with the bias corrections of a step, from 0.
  func corrected(_ number: Int, rateFactor: Double) -> (rate: Double, epsilon: Double) {
    let n = Double(number + 1)
    let correction1 = 1 - pow(beta1, n)
    let correction2 = (1 - pow(beta2, n)).squareRoot()
    return (learningRate * rateFactor * correction2 / correction1, epsilon * correction2)
  }
}
