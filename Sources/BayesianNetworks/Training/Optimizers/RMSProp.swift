public import Tensors

/// RMSProp (Tieleman and Hinton 2012): v = decay v + (1 - decay) g^2; x -= rate g / (sqrt(v) + epsilon). There is no bias
/// correction: the first step is 1 / sqrt(1 - decay) times as long as the later ones.
public struct RMSProp: Optimizer, Hashable {
  public var learningRate: Double
  public var decay: Double
  public var epsilon: Double

  public init(learningRate: Double = 1e-3, decay: Double = 0.9, epsilon: Double = 1e-8) {
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
  }

  public var stateBuffers: Int { 1 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    defer { withExtendedLifetime(state) {} }
    Scalar.rootMeanSquareStep(
      step.parameters, gradient: step.gradient, gradientScale: Scalar(step.gradientScale),
      secondMoment: state[0].unsafeMutablePointer(), decay: Scalar(decay),
      rate: Scalar(learningRate * step.rateFactor), epsilon: Scalar(epsilon), count: step.count)
  }
}
