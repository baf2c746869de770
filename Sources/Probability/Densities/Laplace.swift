import Foundation

/// The Laplace distribution: density exp(-|x - mean| / scale) / (2 scale).
public struct Laplace: Hashable, Sendable {
  public var mean: Double
  /// b; the standard deviation is b sqrt 2.
  public var scale: Double

  public init(mean: Double = 0, scale: Double = 1) {
    precondition(scale > 0, "the scale of a Laplace distribution must be positive, got \(scale)")
    self.mean = mean
    self.scale = scale
  }

  public func logDensity(_ x: Double) -> Double { -log(2 * scale) - (x - mean).magnitude / scale }

  /// d log p / dx, and 0 at the mean.
  public func logDensityDerivative(_ x: Double) -> Double {
    x == mean ? 0 : (x > mean ? -1 / scale : 1 / scale)
  }
}
