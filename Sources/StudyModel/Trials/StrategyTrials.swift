/// A trial whose runs are all final: what a strategy learns from.
package struct CompletedTrial: Hashable, Sendable {
  package let number: Int
  package let point: Point
  /// Empty when the trial failed.
  package let metrics: [String: Aggregate]
  /// The metrics of each scored run, in the order of their index, where they are known; empty when the trial failed.
  package let runs: [[String: Double]]
  /// The wall-clock time of all runs together, where it is known.
  package let seconds: Double?
  /// What the runs of an exploration found; empty for an ordinary trial, and for one that failed.
  package let surveys: [Survey]

  package init(
    number: Int, point: Point, metrics: [String: Aggregate], runs: [[String: Double]] = [], seconds: Double? = nil,
    surveys: [Survey] = []
  ) {
    self.number = number
    self.point = point
    self.metrics = metrics
    self.runs = runs
    self.seconds = seconds
    self.surveys = surveys
  }

  /// - Precondition: All runs of the trial are final.
  package init(_ trial: TrialRecord) {
    let metrics = trial.metrics
    self.init(
      number: trial.number, point: trial.point, metrics: metrics,
      runs: metrics.isEmpty
        ? []
        : trial.scoredRuns.map { run in
          if case .done(let metrics) = run.outcome { metrics } else { [:] }
        }, seconds: trial.seconds, surveys: trial.state == .done ? trial.surveys : [])
  }
}

/// A trial that was asked for and is not final yet. A type of its own, so that a strategy cannot be handed the wrong
/// ones.
package struct PendingTrial: Hashable, Sendable {
  package let number: Int
  package let point: Point

  package init(number: Int, point: Point) {
    self.number = number
    self.point = point
  }
}
