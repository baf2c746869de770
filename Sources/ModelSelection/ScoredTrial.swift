package import StudyModel

/// A trial that is done, with its metrics worked out once.
package struct ScoredTrial: Hashable, Sendable {
  package let number: Int
  package let point: Point
  /// Mean and spread of each metric over the folds and seeds.
  package let metrics: [String: Aggregate]
  /// The metrics of each run, by run index: fold * seeds + seed, the same in all trials of a study.
  package let runs: [[String: Double]]

  package init(number: Int, point: Point, metrics: [String: Aggregate], runs: [[String: Double]]) {
    self.number = number
    self.point = point
    self.metrics = metrics
    self.runs = runs
  }

  /// Nil unless every run of the trial is done, and for a trial that explored: it was trained at no point.
  package init?(_ record: TrialRecord) {
    guard record.state == .done, record.exploration == nil else { return nil }
    let runs = record.scoredRuns.map { run -> [String: Double] in
      if case .done(let metrics) = run.outcome { metrics } else { [:] }
    }
    self.init(number: record.number, point: record.point, metrics: record.metrics, runs: runs)
  }
}
