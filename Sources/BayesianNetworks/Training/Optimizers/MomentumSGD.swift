public import Tensors

/// Stochastic gradient descent with momentum: v = momentum v + g; x -= rate v. Nesterov's form looks one step ahead:
/// x -= rate (g + momentum v) with the new v (Sutskever et al. 2013, with x standing for the point ahead).
public struct MomentumSGD: Optimizer, Hashable {
  public var learningRate: Double
  public var momentum: Double
  public var isNesterov: Bool

  public init(learningRate: Double = 1e-3, momentum: Double = 0.9, isNesterov: Bool = false) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
  }

  public var stateBuffers: Int { 1 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    defer { withExtendedLifetime(state) {} }
    let rate = Scalar(learningRate * step.rateFactor)
    let velocity = state[0].unsafeMutablePointer()
    if isNesterov {
      Scalar.nesterovStep(
        step.parameters, gradient: step.gradient, gradientScale: Scalar(step.gradientScale), velocity: velocity,
        momentum: Scalar(momentum), rate: rate, count: step.count)
    } else {
      Scalar.momentumStep(
        step.parameters, gradient: step.gradient, gradientScale: Scalar(step.gradientScale), velocity: velocity,
        momentum: Scalar(momentum), rate: rate, count: step.count)
    }
  }
}
