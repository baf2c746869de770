/// A number with its standard error. What the error is over (posterior samples, data points, folds, chains) is said
/// where the estimate is made.
public struct Estimate: Hashable, Sendable {
  public var value: Double
  /// The standard deviation of the error of `value`; nil where one number alone was seen.
  public var standardError: Double?

  public init(_ value: Double, standardError: Double? = nil) {
    self.value = value
    self.standardError = standardError
  }

  /// The mean of independent values, and s / sqrt(n) with s their standard deviation (n - 1 in its denominator).
  public static func mean(_ values: some Collection<Double>) -> Estimate {
    precondition(!values.isEmpty, "a mean needs at least one value")
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    guard values.count > 1 else { return Estimate(mean) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Estimate(mean, standardError: (squares / (n - 1) / n).squareRoot())
  }

  /// The sum of independent values with the standard error sqrt(n) s: n times the mean and its error.
  public static func sum(_ values: some Collection<Double>) -> Estimate {
    let n = Double(values.count)
    let mean = mean(values)
    return Estimate(values.reduce(0, +), standardError: mean.standardError.map { n * $0 })
  }

  /// The sum of estimates whose errors are independent: variances add. Unknown where one of the errors is.
  public static func total(_ estimates: some Collection<Estimate>) -> Estimate {
    var (value, variance) = (0.0, 0.0 as Double?)
    for estimate in estimates {
      value += estimate.value
      variance = variance.flatMap { sum in estimate.standardError.map { sum + $0 * $0 } }
    }
    return Estimate(value, standardError: variance?.squareRoot())
  }
}
