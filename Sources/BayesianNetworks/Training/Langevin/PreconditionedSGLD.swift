public import Tensors

/// SGLD with the preconditioner of RMSProp (Li, Chen, Carlson and Carin 2016, algorithm 1):
///
///     v = decay v + (1 - decay) g^2;   G = 1 / (epsilon + sqrt(v))
///     x -= rate G g + sqrt(2 rate T G / N) noise
///
/// with g the gradient of the mean loss of an example, the prior's part included (the paper takes v from the likelihood
/// alone). The paper's step size is 2 rate / N. The term Gamma, the divergence of G, is left out, as in the paper's own
/// experiments: v changes slowly when `decay` is near 1, and its part is of the order (1 - decay); that is a small bias of
/// the stationary distribution. A weight with no gradient at all has G = 1 / epsilon.
public struct PreconditionedSGLD: Optimizer, Hashable {
  public var learningRate: Double
  public var decay: Double
  public var epsilon: Double
  /// T; see `SGLD`.
  public var temperature: Double

  public init(
    learningRate: Double = 1e-3, decay: Double = 0.99, epsilon: Double = 1e-5, temperature: Double = 1
  ) {
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
    self.temperature = temperature
  }

  public var stateBuffers: Int { 1 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    defer { withExtendedLifetime(state) {} }
    let rate = step.stepLength(learningRate)
    let spread = Scalar(step.spread(rate: rate, temperature: temperature))
    let secondMoment = state[0].unsafeMutablePointer()
    step.forEachNoiseBlock { start, n, noise in
      Scalar.preconditionedLangevinStep(
        step.parameters + start, gradient: step.gradient + start,
        gradientScale: Scalar(step.gradientScale / step.batchFraction),
        secondMoment: secondMoment + start, noise: noise, decay: Scalar(decay), epsilon: Scalar(epsilon),
        rate: Scalar(rate), spread: spread, count: n)
    }
  }
}
