public import Tensors

/// Stochastic gradient Langevin dynamics (Welling and Teh 2011, eq. 4): a Markov chain whose stationary distribution is,
/// for small rates, p(w | data)^(1 / T), up to normalisation.
///
///     x -= rate g + sqrt(2 rate T / N) noise
///
/// with g the gradient of the mean loss of an example, -(log p(data | x) + log p(x)) / N. The paper steps along the whole
/// log joint density with epsilon / 2 and noise of variance epsilon: its epsilon is 2 rate / N. Minibatches add noise of
/// their own, which the rate must make negligible.
public struct SGLD: Optimizer, Hashable {
  public var learningRate: Double
  /// T: 1 samples the posterior, less a colder distribution, 0 is gradient descent.
  public var temperature: Double

  public init(learningRate: Double = 1e-2, temperature: Double = 1) {
    self.learningRate = learningRate
    self.temperature = temperature
  }

  public var stateBuffers: Int { 0 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    step.moveLangevin(rate: step.stepLength(learningRate), temperature: temperature)
  }
}

extension OptimizerStep {
  /// x -= rate g + sqrt(2 rate T / N) noise; at temperature 0 no noise is drawn.
  func moveLangevin(rate: Double, temperature: Double) {
    let scale = Scalar(gradientScale / batchFraction)
    guard temperature > 0 else {
      Scalar.descentStep(parameters, gradient: gradient, gradientScale: scale, rate: Scalar(rate), count: count)
      return
    }
    let spread = Scalar(spread(rate: rate, temperature: temperature))
    forEachNoiseBlock { start, n, noise in
      Scalar.langevinStep(
        parameters + start, gradient: gradient + start, gradientScale: scale, noise: noise, rate: Scalar(rate),
        spread: spread, count: n)
    }
  }
}
