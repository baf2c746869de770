public import Autodiff
import Foundation
public import Probability
public import Tensors

/// Laplace(0, scale) for every weight: density exp(-|w| / scale) / (2 scale).
public struct LaplacePrior: Prior, Hashable {
  public var scale: Double

  public init(scale: Double = 1) {
    precondition(scale > 0, "the scale of a prior must be positive, got \(scale)")
    self.scale = scale
  }

  public func logDensity<Scalar: DensityScalar>(
    _ w: UnsafePointer<Scalar>, count: Int, gradient: UnsafeMutablePointer<Scalar>?, weight: Double
  ) -> Double {
    Scalar.laplaceLogDensity(w, count: count, scale: scale, gradient: gradient, weight: weight)
  }

  public var hasClosedDivergence: Bool { true }

  public func divergence<Scalar: DensityScalar>(
    mean: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, count: Int,
    gradient: (mean: UnsafeMutablePointer<Scalar>, scale: UnsafeMutablePointer<Scalar>)?, weight: Double
  ) -> Double {
    Scalar.laplaceDivergence(
      mean: mean, scale: scale, count: count, priorScale: self.scale, gradient: gradient, weight: weight)
  }

  public func logDensity<Scalar: TensorScalar>(_ w: Variable<Scalar>) -> Variable<Scalar> {
    -w.magnitude().sum() * Scalar(1 / scale) - Scalar(Double(w.shape.count) * log(2 * scale))
  }

  public func divergence<Scalar: TensorScalar>(
    mean: Variable<Scalar>, scale: Variable<Scalar>
  ) -> Variable<Scalar> {
    // E|w| = scale sqrt(2 / pi) exp(-t^2) + mean erf(t) with t = mean / (scale sqrt 2)
    let t = mean / scale * Scalar(0.5.squareRoot())
    let magnitudes = scale.dot((-t.squared()).exp()) * Scalar((2 / Double.pi).squareRoot()) + mean.dot(t.erf())
    let constant = Double(mean.shape.count) * (log(2 * self.scale) - 0.5 * log(2 * Double.pi) - 0.5)
    return magnitudes * Scalar(1 / self.scale) - scale.log().sum() + Scalar(constant)
  }

  public func sample(_ key: RandomKey, into w: UnsafeMutablePointer<Double>, count: Int) {
    Double.fillUniform(key, offset: 0, into: w, count: count)
    for i in 0..<count {
      let u = w[i] - 0.5
      w[i] = -scale * (u < 0 ? -1 : 1) * log(max(1 - 2 * abs(u), .leastNormalMagnitude))
    }
  }
}
