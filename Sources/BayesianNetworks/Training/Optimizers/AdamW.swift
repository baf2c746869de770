public import Tensors

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): besides Adam's step, x -= rate decay x.
///
/// The decay is multiplied by the learning rate and its schedule, as in PyTorch; the paper multiplies it by the schedule
/// alone, so its lambda is learningRate * weightDecay here. A decay that is taken with the objective's prior instead goes
/// through Adam's moments and is another method.
public struct AdamW: Optimizer, Hashable {
  public var adam: Adam
  public var weightDecay: Double

  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 1e-2
  ) {
    adam = Adam(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.weightDecay = weightDecay
  }

  public var stateBuffers: Int { 2 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    defer { withExtendedLifetime(state) {} }
    let (rate, epsilon) = adam.corrected(step.number, rateFactor: step.rateFactor)
    Scalar.adamDecayStep(
      step.parameters, gradient: step.gradient, gradientScale: Scalar(step.gradientScale),
      firstMoment: state[0].unsafeMutablePointer(), secondMoment: state[1].unsafeMutablePointer(),
      beta1: Scalar(adam.beta1), beta2: Scalar(adam.beta2), rate: Scalar(rate), epsilon: Scalar(epsilon),
      decay: Scalar(adam.learningRate * step.rateFactor * weightDecay), count: step.count)
  }
}
