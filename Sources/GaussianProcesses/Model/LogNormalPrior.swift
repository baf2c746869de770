import Foundation

/// The density of a positive number whose logarithm is N(location, scale^2).
public struct LogNormalPrior: Hashable, Sendable {
  public var location: Double
  public var scale: Double

  public init(location: Double, scale: Double) {
    precondition(scale > 0, "a log-normal density needs a positive scale, got \(scale)")
    self.location = location
    self.scale = scale
  }

  /// The density with the given mode, exp(location - scale^2).
  public init(mode: Double, scale: Double) {
    self.init(location: log(mode) + scale * scale, scale: scale)
  }

  public var mode: Double { exp(location - scale * scale) }

  /// The number below which the given share lies, from a standard normal quantile.
  public func value(standardNormal z: Double) -> Double { exp(location + scale * z) }

  /// log p(x) and d log p(x) / d log x at x = exp(logX). The density is that of x, so that its mode is where the
  /// logarithm of x contributes nothing to a posterior mode.
  func logDensity(logX: Double) -> (value: Double, derivative: Double) {
    let z = (logX - location) / scale
    return (-0.5 * z * z - logX - log(scale) - 0.5 * log(2 * Double.pi), -z / scale - 1)
  }
}
