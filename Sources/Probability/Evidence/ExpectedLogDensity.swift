/// An estimate of the expected log predictive density of new data, a sum over the points, with its two errors: one
/// because the points are a sample of the data there could be, one because the posterior is known from samples.
public struct ExpectedLogDensity: Hashable, Sendable {
  /// The points' contributions.
  public let pointwise: [Double]
  /// The standard error of the sum over the posterior samples; nil for one sample or an exact computation.
  public let monteCarloError: Double?

  public init(pointwise: [Double], monteCarloError: Double?) {
    precondition(!pointwise.isEmpty, "a log density needs at least one point")
    self.pointwise = pointwise
    self.monteCarloError = monteCarloError
  }

  /// The sum over the points, with the standard error over the points: sqrt(N) times their standard deviation.
  public var total: Estimate { .sum(pointwise) }

  /// The mean over the points, with the standard error over the points.
  public var mean: Estimate { .mean(pointwise) }

  /// This sum less that of another model on the same points, with the standard error of the paired difference
  /// (Vehtari, Gelman and Gabry 2017, eq. 24).
  public func difference(from other: ExpectedLogDensity) -> Estimate {
    precondition(
      pointwise.count == other.pointwise.count,
      "\(pointwise.count) points cannot be compared with \(other.pointwise.count)")
    return .sum(zip(pointwise, other.pointwise).map { $0.0 - $0.1 })
  }
}
