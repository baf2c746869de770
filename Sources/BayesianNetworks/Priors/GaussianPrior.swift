public import Autodiff
import Foundation
public import Probability
public import Tensors

/// N(0, scale^2) for every weight.
public struct GaussianPrior: Prior, Hashable {
  public var scale: Double

  public init(scale: Double = 1) {
    precondition(scale > 0, "the scale of a prior must be positive, got \(scale)")
    self.scale = scale
  }

  public func logDensity<Scalar: DensityScalar>(
    _ w: UnsafePointer<Scalar>, count: Int, gradient: UnsafeMutablePointer<Scalar>?, weight: Double
  ) -> Double {
    Scalar.gaussianLogDensity(w, count: count, scale: scale, gradient: gradient, weight: weight)
  }

  public var hasClosedDivergence: Bool { true }

  public func divergence<Scalar: DensityScalar>(
    mean: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, count: Int,
    gradient: (mean: UnsafeMutablePointer<Scalar>, scale: UnsafeMutablePointer<Scalar>)?, weight: Double
  ) -> Double {
    Scalar.gaussianDivergence(
      mean: mean, scale: scale, count: count, priorScale: self.scale, gradient: gradient, weight: weight)
  }

  public func logDensity<Scalar: TensorScalar>(_ w: Variable<Scalar>) -> Variable<Scalar> {
    let constant = Double(w.shape.count) * Gaussian(scale: scale).logDensity(0)
    return w.squared().sum() * Scalar(-0.5 / (scale * scale)) + Scalar(constant)
  }

  public func divergence<Scalar: TensorScalar>(
    mean: Variable<Scalar>, scale: Variable<Scalar>
  ) -> Variable<Scalar> {
    let squares = mean.squared().sum() + scale.squared().sum()
    let constant = Double(mean.shape.count) * (log(self.scale) - 0.5)
    return squares * Scalar(0.5 / (self.scale * self.scale)) - scale.log().sum() + Scalar(constant)
  }

  public func sample(_ key: RandomKey, into w: UnsafeMutablePointer<Double>, count: Int) {
    Double.fillNormal(key, offset: 0, into: w, count: count)
    for i in 0..<count { w[i] *= scale }
  }
}
