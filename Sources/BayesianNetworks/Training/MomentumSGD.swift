public import Tensors

/// Stochastic gradient descent with momentum: v = momentum v + g; x -= rate v.
public struct MomentumSGD: Optimizer, Hashable {
  public var learningRate: Double
  public var momentum: Double
  public var schedule: LearningRateSchedule

  public init(learningRate: Double = 1e-3, momentum: Double = 0.9, schedule: LearningRateSchedule = .constant) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.schedule = schedule
  }

  public var stateBuffers: Int { 1 }

  public func update<Scalar: TensorScalar>(
    _ parameters: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, gradientScale: Double,
    state: inout [Vector<Scalar>], step: Int, count: Int
  ) {
    Scalar.momentumStep(
      parameters, gradient: gradient, gradientScale: Scalar(gradientScale),
      velocity: state[0].unsafeMutablePointer(), momentum: Scalar(momentum),
      rate: Scalar(learningRate * schedule.factor(step: step)), count: count)
  }
}
