import Foundation

/// log E max(f(x) - best, 0) of a Gaussian f(x): log(sd h(z)), z = (mean - best) / sd, h(z) = phi(z) + z Phi(z). Finite
/// and with useful derivatives however unlikely an improvement is (Ament et al. 2023, eq. 9).
public struct LogExpectedImprovement: MarginalAcquisitionFunction {
  public let process: GaussianProcess
  /// The value to improve on: the largest noiseless outcome, or the largest mean at the observed points.
  public let best: Double

  public init(_ process: GaussianProcess, best: Double) {
    self.process = process
    self.best = best
  }

  public func value(
    mean: Double, standardDeviation: Double
  ) -> (
    value: Double, meanSlope: Double, deviationSlope: Double
  ) {
    Self.value(mean: mean, standardDeviation: standardDeviation, best: best)
  }

  /// The logarithm of the expected improvement, with its derivatives by the mean and the standard deviation.
  public static func value(
    mean: Double, standardDeviation: Double, best: Double
  ) -> (
    value: Double, meanSlope: Double, deviationSlope: Double
  ) {
    let z = (mean - best) / standardDeviation
    let (value, slope) = NormalTails.logImprovement(z)
    // (log sd + log h)' = (1 - z Phi / h) / sd = phi / (h sd); the second form does not cancel where z is large.
    let deviationSlope = z > 1 ? NormalTails.density(z) * exp(-value) : 1 - z * slope
    return (value + log(standardDeviation), slope / standardDeviation, deviationSlope / standardDeviation)
  }
}
