import Foundation

/// weight N(0, wide^2) + (1 - weight) N(0, narrow^2): the prior of Blundell et al. 2015 (eq. 7) for a single weight of a
/// network.
public struct GaussianScaleMixture: Hashable, Sendable {
  /// The probability of the wide component, in [0, 1].
  public var weight: Double
  /// Standard deviation of the wide component.
  public var wide: Double
  /// Standard deviation of the narrow component.
  public var narrow: Double

  public init(weight: Double, wide: Double, narrow: Double) {
    precondition(weight >= 0 && weight <= 1, "the weight of a mixture's component must be in [0, 1], got \(weight)")
    precondition(wide > 0 && narrow > 0, "the scales of a mixture must be positive, got \(wide) and \(narrow)")
    self.weight = weight
    self.wide = wide
    self.narrow = narrow
  }

  /// ln(weight / wide)
  var logWideFactor: Double { log(weight) - log(wide) }
  /// ln((1 - weight) / narrow)
  var logNarrowFactor: Double { log1p(-weight) - log(narrow) }

  public func logDensity(_ x: Double) -> Double {
    logSumExp(exponents(x)) - logRootTwoPi
  }

  /// d log p / dx
  public func logDensityDerivative(_ x: Double) -> Double {
    let parts = exponents(x)
    let total = logSumExp(parts)
    return -x * (exp(parts[0] - total) / (wide * wide) + exp(parts[1] - total) / (narrow * narrow))
  }

  /// The logarithms of the two weighted components, without the factor 1 / sqrt(2 pi).
  private func exponents(_ x: Double) -> [Double] {
    [
      logWideFactor - 0.5 * (x / wide) * (x / wide),
      logNarrowFactor - 0.5 * (x / narrow) * (x / narrow),
    ]
  }
}
