/// What is known of the noise in the mean of a trial's runs, from the scatter of the runs.
///
/// All trials share their folds, and one fold is harder than another in every trial. This is no noise between trials, so
/// that the mean offset of every run's index over the trials is taken out first: a two-way layout without interaction. The
/// variance of few runs is itself uncertain, and is drawn towards the median of all trials.
package struct ReplicateNoise: Hashable, Sendable {
  /// The prior's weight, in degrees of freedom.
  private static let priorWeight = 4.0

  private let offsets: [Double]
  /// The variance of the mean of a trial's runs that is usual among the trials; 0 where nothing is known.
  package let typical: Double
  /// Offsets that were fitted to few trials take some of the noise with them.
  private let correction: Double

  /// - Parameter runs: The outcomes of the runs of every trial, in the order of their index.
  package init(fitting runs: [[Double]]) {
    let width = runs.map(\.count).max() ?? 0
    let whole = runs.filter { $0.count == width && width > 1 }
    let raw = (0..<width).map { run in Self.median(whole.map { $0[run] - Self.mean($0) }) ?? 0 }
    // The medians of the runs' deviations need not sum to 0.
    let center = width > 0 ? Self.mean(raw) : 0
    let offsets = raw.map { $0 - center }
    let correction = whole.count > 1 ? Double(whole.count) / Double(whole.count - 1) : 1
    (self.offsets, self.correction) = (offsets, correction)
    typical = correction * (Self.median(whole.map { Self.variance($0, offsets) }) ?? 0)
  }

  /// The variance of the mean of a trial's runs; 0 where nothing is known.
  package func variance(_ runs: [Double]) -> Double {
    guard runs.count == offsets.count, runs.count > 1 else { return 0 }
    let freedom = Double(runs.count - 1)
    let own = correction * Self.variance(runs, offsets)
    return (freedom * own + Self.priorWeight * typical) / (freedom + Self.priorWeight)
  }

  private static func variance(_ runs: [Double], _ offsets: [Double]) -> Double {
    let mean = mean(runs)
    let squares = zip(runs, offsets).reduce(0) { $0 + ($1.0 - mean - $1.1) * ($1.0 - mean - $1.1) }
    let n = Double(runs.count)
    return squares / (n - 1) / n
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
