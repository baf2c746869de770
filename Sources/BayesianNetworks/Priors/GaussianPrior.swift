public import Autodiff
import Foundation
public import Probability
public import Tensors

/// N(mean, scale^2) for every weight.
public struct GaussianPrior: Prior, Hashable {
  public var mean: Double
  public var scale: Double

  public init(mean: Double = 0, scale: Double = 1) {
    precondition(scale > 0, "the scale of a prior must be positive, got \(scale)")
    self.mean = mean
    self.scale = scale
  }

  /// The prior from which a posterior N(mu_i, sigma_i^2) diverges least (Graves 2011, "Practical variational
  /// inference for neural networks"; the lecture "Bayesian multimodelling" prints the scale for its square):
  ///
  ///     mean = mean of mu_i;   scale^2 = mean of (sigma_i^2 + (mu_i - mean)^2)
  public init<Scalar: TensorScalar>(fittedTo posterior: DiagonalGaussian<Scalar>) {
    let (means, scales, count) = (posterior.mean, posterior.scale, Double(posterior.count))
    precondition(count > 0, "a prior cannot be fitted to no weights")
    (mean, scale) = withExtendedLifetime((means, scales)) {
      let mean = Scalar.sum(means.unsafePointer, count: means.count) / count
      let squares =
        Scalar.sumOfSquares(means.unsafePointer, count: means.count)
        + Scalar.sumOfSquares(scales.unsafePointer, count: means.count)
      return (mean, max(squares / count - mean * mean, .leastNormalMagnitude).squareRoot())
    }
  }

  public func logDensity<Scalar: DensityScalar>(
    _ w: UnsafePointer<Scalar>, count: Int, gradient: UnsafeMutablePointer<Scalar>?, weight: Double
  ) -> Double {
    Scalar.gaussianLogDensity(w, count: count, mean: mean, scale: scale, gradient: gradient, weight: weight)
  }

  public var hasClosedDivergence: Bool { true }

  public func divergence<Scalar: DensityScalar>(
    mean: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, count: Int,
    gradient: (mean: UnsafeMutablePointer<Scalar>, scale: UnsafeMutablePointer<Scalar>)?, weight: Double
  ) -> Double {
    Scalar.gaussianDivergence(
      mean: mean, scale: scale, count: count, priorMean: self.mean, priorScale: self.scale, gradient: gradient,
      weight: weight)
  }

  public func logDensity<Scalar: TensorScalar>(_ w: Variable<Scalar>) -> Variable<Scalar> {
    let constant = Double(w.shape.count) * Gaussian(scale: scale).logDensity(0)
    return distance(w).squared().sum() * Scalar(-0.5 / (scale * scale)) + Scalar(constant)
  }

  public func divergence<Scalar: TensorScalar>(
    mean: Variable<Scalar>, scale: Variable<Scalar>
  ) -> Variable<Scalar> {
    let squares = distance(mean).squared().sum() + scale.squared().sum()
    let constant = Double(mean.shape.count) * (log(self.scale) - 0.5)
    return squares * Scalar(0.5 / (self.scale * self.scale)) - scale.log().sum() + Scalar(constant)
  }

  public func sample(_ key: RandomKey, into w: UnsafeMutablePointer<Double>, count: Int) {
    Double.fillNormal(key, offset: 0, into: w, count: count)
    for i in 0..<count { w[i] *= scale }
  }

  private func distance<Scalar: TensorScalar>(_ w: Variable<Scalar>) -> Variable<Scalar> {
    mean == 0 ? w : w - Scalar(mean)
  }
}
