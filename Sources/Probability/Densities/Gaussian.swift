import Foundation

/// The normal distribution N(mean, scale^2).
public struct Gaussian: Hashable, Sendable {
  public var mean: Double
  /// Standard deviation.
  public var scale: Double

  public init(mean: Double = 0, scale: Double = 1) {
    precondition(scale > 0, "the standard deviation of a Gaussian must be positive, got \(scale)")
    self.mean = mean
    self.scale = scale
  }

  public func logDensity(_ x: Double) -> Double {
    let z = (x - mean) / scale
    return -logRootTwoPi - log(scale) - 0.5 * z * z
  }

  /// d log p / dx
  public func logDensityDerivative(_ x: Double) -> Double { (mean - x) / (scale * scale) }

  /// P(X <= x)
  public func cumulative(_ x: Double) -> Double { 0.5 * erfc((mean - x) / (scale * 2.0.squareRoot())) }

  /// KL[self || other]
  public func divergence(from other: Gaussian) -> Double {
    let ratio = scale / other.scale
    let z = (mean - other.mean) / other.scale
    return 0.5 * (ratio * ratio + z * z - 1) - log(ratio)
  }

  /// The derivatives of KL[self || other] with respect to this mean and scale and to the other's scale.
  public func divergenceGradient(from other: Gaussian) -> (mean: Double, scale: Double, otherScale: Double) {
    let difference = mean - other.mean
    let variance = other.scale * other.scale
    return (
      difference / variance, scale / variance - 1 / scale,
      1 / other.scale - (scale * scale + difference * difference) / (variance * other.scale)
    )
  }

  /// KL[self || other] in closed form. For other = Laplace(m, b):
  /// ln 2b - ln(scale sqrt(2 pi e)) + E|x - m| / b.
  public func divergence(from other: Laplace) -> Double {
    log(2 * other.scale) - logRootTwoPi - 0.5 - log(scale) + expectedMagnitude(around: other.mean) / other.scale
  }

  /// The derivatives of KL[self || other] with respect to this mean and scale and to the other's scale.
  public func divergenceGradient(from other: Laplace) -> (mean: Double, scale: Double, otherScale: Double) {
    let t = (mean - other.mean) / (scale * 2.0.squareRoot())
    return (
      erf(t) / other.scale, (2 / Double.pi).squareRoot() * exp(-t * t) / other.scale - 1 / scale,
      1 / other.scale - expectedMagnitude(around: other.mean) / (other.scale * other.scale)
    )
  }

  /// E|x - center|
  private func expectedMagnitude(around center: Double) -> Double {
    let t = (mean - center) / (scale * 2.0.squareRoot())
    return scale * (2 / Double.pi).squareRoot() * exp(-t * t) + (mean - center) * erf(t)
  }
}
