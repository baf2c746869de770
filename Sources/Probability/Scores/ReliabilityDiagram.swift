/// How often predictions of a confidence are right: the probability of the chosen class against the share of right
/// choices, in bins of equal width (DeGroot and Fienberg 1983; Guo, Pleiss, Sun and Weinberger 2017).
public struct ReliabilityDiagram: Hashable, Sendable {
  public struct Bin: Hashable, Sendable {
    /// The confidences in this bin: above `lower`, up to and including `upper`.
    public let lower: Double
    public let upper: Double
    public fileprivate(set) var count = 0
    fileprivate var confidence = 0.0
    fileprivate var right = 0.0

    fileprivate init(lower: Double, upper: Double) {
      self.lower = lower
      self.upper = upper
    }

    /// nil where the bin is empty.
    public var meanConfidence: Double? { count == 0 ? nil : confidence / Double(count) }

    /// The share of right choices, with the binomial standard error sqrt(a (1 - a) / n); nil where the bin is empty.
    public var accuracy: Estimate? {
      guard count > 0 else { return nil }
      let share = right / Double(count)
      return Estimate(share, standardError: (share * (1 - share) / Double(count)).squareRoot())
    }

    fileprivate var gap: Double { (confidence - right).magnitude }
  }

  public private(set) var bins: [Bin]
  /// Predictions whose confidence is not a number; they are in no bin, and the errors are NaN when there are any.
  public private(set) var undefined = 0
  private var squares = 0.0

  public init(bins: Int = 15) {
    precondition(bins >= 1, "a reliability diagram needs at least one bin, got \(bins)")
    self.bins = (0..<bins).map { Bin(lower: Double($0) / Double(bins), upper: Double($0 + 1) / Double(bins)) }
  }

  public mutating func add(confidence: Double, isRight: Bool) {
    guard confidence.isFinite else {
      undefined += 1
      return
    }
    let bin = min(bins.count - 1, max(0, Int((confidence * Double(bins.count)).rounded(.up)) - 1))
    let right = isRight ? 1.0 : 0
    bins[bin].count += 1
    bins[bin].confidence += confidence
    bins[bin].right += right
    squares += (confidence - right) * (confidence - right)
  }

  /// The predictions in all bins.
  public var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// ECE: sum over the bins of (points in the bin / N) |accuracy - mean confidence|.
  ///
  /// The standard error is that of a mean of N terms, the sign of the bin's gap times (confidence - right). It does not
  /// hold the upward bias that bins with few points bring.
  public var expectedCalibrationError: Estimate {
    guard undefined == 0, count > 0 else { return Estimate(.nan, standardError: .nan) }
    let n = Double(count)
    let value = bins.reduce(0) { $0 + $1.gap } / n
    guard count > 1 else { return Estimate(value) }
    let variance = max(0, squares / n - value * value) / (n - 1)
    return Estimate(value, standardError: variance.squareRoot())
  }

  /// The largest |accuracy - mean confidence| of a bin.
  public var maximumCalibrationError: Double {
    guard undefined == 0, count > 0 else { return .nan }
    return bins.reduce(0) { $1.count == 0 ? $0 : max($0, $1.gap / Double($1.count)) }
  }
}
