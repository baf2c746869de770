/// A metric over the folds and seeds of a trial.
package struct Aggregate: Hashable, Sendable {
  package var mean: Double
  /// Sample standard deviation (n - 1 below the line); nil for a single value.
  package var standardDeviation: Double?
  package var count: Int

  /// Standard error of the mean; nil for a single value.
  package var standardError: Double? { standardDeviation.map { $0 / Double(count).squareRoot() } }

  package init(mean: Double, standardDeviation: Double?, count: Int) {
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.count = count
  }

  /// - Precondition: at least one value. The values are summed in the order given, so that the result does not depend
  ///   on anything else.
  package init(of values: [Double]) {
    precondition(!values.isEmpty, "an aggregate needs at least one value")
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(
      mean: mean, standardDeviation: values.count > 1 ? (squares / (count - 1)).squareRoot() : nil, count: values.count)
  }
}
