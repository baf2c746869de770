public import Tensors

/// Stochastic gradient descent: x -= rate g.
public struct SGD: Optimizer, Hashable {
  public var learningRate: Double

  public init(learningRate: Double = 1e-2) {
    self.learningRate = learningRate
  }

  public var stateBuffers: Int { 0 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    Scalar.descentStep(
      step.parameters, gradient: step.gradient, gradientScale: Scalar(step.gradientScale),
      rate: Scalar(learningRate * step.rateFactor), count: step.count)
  }
}
