import Foundation
public import Tensors

/// The improved variational online Newton method (Shen et al. 2024, algorithm 1): the natural gradient of a diagonal
/// Gaussian q(w) = N(mean, sigma^2) with sigma^2 = 1 / (ess (h + weightDecay)), at the cost of Adam.
///
/// The parameters are [mean (n), h (n)]: the means, and the estimate of the Hessian's diagonal of the mean loss of an
/// example. The gradient is [g (n), f (n)]: the mean over sampled weights w = mean + sigma noise of the loss's gradient g,
/// and of f = g noise / sigma, which estimates the Hessian's diagonal (Stein's identity). With m = beta1 m + (1 - beta1) g:
///
///     h    <- beta2 h + (1 - beta2) f + (1 - beta2)^2 (h - f)^2 / (2 (h + weightDecay))
///     mean <- mean - rate (m / (1 - beta1^t) + weightDecay mean) / (h + weightDecay)
///
/// The last term of h keeps h + weightDecay positive. The weight decay stands for the prior N(0, 1 / (ess weightDecay)):
/// the loss has no complexity of its own. A smaller minibatch is a noisier estimate of the same g and f. The one buffer of state holds m in its first half. h must start positive.
public struct IVON: Optimizer, Hashable {
  public var learningRate: Double
  public var beta1: Double
  public var beta2: Double
  public var weightDecay: Double

  public init(
    learningRate: Double = 0.1, beta1: Double = 0.9, beta2: Double = 0.99999, weightDecay: Double = 1e-4
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  public var stateBuffers: Int { 1 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    defer { withExtendedLifetime(state) {} }
    precondition(step.count % 2 == 0, "IVON needs a mean and a curvature for each weight, got \(step.count) numbers")
    let n = step.count / 2
    Scalar.ivonStep(
      mean: step.parameters, hessian: step.parameters + n, gradient: step.gradient, curvature: step.gradient + n,
      gradientScale: Scalar(step.gradientScale / step.batchFraction), firstMoment: state[0].unsafeMutablePointer(),
      beta1: Scalar(beta1),
      beta2: Scalar(beta2), debias: Scalar(1 / (1 - pow(beta1, Double(step.number + 1)))),
      rate: Scalar(learningRate * step.rateFactor), weightDecay: Scalar(weightDecay), count: n)
  }
}
