public import Probability

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
}
