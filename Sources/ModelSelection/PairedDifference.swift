import StudyModel

/// How much worse one trial is than another by one metric, over the folds and seeds that both share.
///
/// Run i of every trial has the same fold and the same seed, so that what makes a fold hard is common to both and
/// falls out of the difference; the standard error of the differences is smaller than that of either mean. The
/// training parts of different folds overlap, and the standard error is a little too small for that reason (Nadeau and
/// Bengio, "Inference for the generalization error", 2003).
package struct PairedDifference: Hashable, Sendable {
  /// Mean of the differences; positive when the trial is worse.
  package let mean: Double
  /// Standard error of that mean; nil for a single run.
  package let standardError: Double?
  /// Number of pairs.
  package let count: Int

  package init(mean: Double, standardError: Double?, count: Int) {
    self.mean = mean
    self.standardError = standardError
    self.count = count
  }

  /// Nil when the trials do not have the same runs, or a run lacks the metric.
  package init?(of trial: ScoredTrial, from other: ScoredTrial, metric: String, goal: MetricGoals.Goal) {
    guard trial.runs.count == other.runs.count, !trial.runs.isEmpty else { return nil }
    var differences: [Double] = []
    for (a, b) in zip(trial.runs, other.runs) {
      guard let a = a[metric], let b = b[metric] else { return nil }
      differences.append(a == b ? 0 : goal.loss(of: a, against: b))
    }
    let aggregate = Aggregate(of: differences)
    self.init(mean: aggregate.mean, standardError: aggregate.standardError, count: aggregate.count)
  }

  /// The mean as a multiple of its standard error; nil for a single run.
  package var inStandardErrors: Double? {
    guard let standardError else { return nil }
    return mean == 0 ? 0 : mean / standardError
  }

  /// Nil for a single run.
  package var isWithinOneStandardError: Bool? {
    standardError.map { mean <= $0 }
  }
}
