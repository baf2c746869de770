/// Coverage of a regression's central predictive intervals: for every probability, the share of the targets inside the
/// interval that should hold so many of them (Kuleshov, Fenner and Ermon 2018, with central intervals).
public struct CalibrationCurve: Hashable, Sendable {
  public struct Point: Hashable, Sendable {
    /// The interval's probability.
    public let level: Double
    /// The share of the targets inside, with the binomial standard error sqrt(c (1 - c) / N).
    public let coverage: Estimate
  }

  public let points: [Point]

  /// - Parameters:
  ///   - cumulative: The predictive distribution function at each target, P(Y <= y_i): uniform where the prediction is
  ///     true. The central interval of probability p holds the values from (1 - p) / 2 to (1 + p) / 2.
  ///   - levels: The intervals' probabilities.
  public init(cumulative: [Double], levels: [Double]) {
    precondition(!cumulative.isEmpty, "a calibration curve needs at least one target")
    let isDefined = !cumulative.contains(where: \.isNaN)
    let n = Double(cumulative.count)
    points = levels.map { level in
      precondition(level >= 0 && level <= 1, "a level of the calibration curve is a probability, got \(level)")
      guard isDefined else { return Point(level: level, coverage: Estimate(.nan, standardError: .nan)) }
      let share = Double(cumulative.count { 2 * ($0 - 0.5).magnitude <= level }) / n
      return Point(
        level: level, coverage: Estimate(share, standardError: (share * (1 - share) / n).squareRoot()))
    }
  }

  /// The mean over the levels of |coverage - level|.
  public var meanError: Double {
    points.reduce(0) { $0 + ($1.coverage.value - $1.level).magnitude } / Double(points.count)
  }
}
