package import StudyModel

/// What `status` shows. Reading it costs as much as there are running runs, however long the study is.
package struct StudySummary: Hashable, Sendable {
  package var header: StudyHeader
  package var status: StudyStatus
  /// How many trials are in each state; a state that none is in is absent.
  package var trials: [RunState: Int]
  /// How many runs are in each state.
  package var runs: [RunState: Int]
  /// The number of events so far.
  package var events: Int
  /// The time of the first event.
  package var startedAt: Double?
  package var lastEventAt: Double?
  /// Finished runs a second, over the last 200 at most; nil before there are two.
  package var recentRunsPerSecond: Double?
  /// The runs that are under way, ordered by worker and run.
  package var running: [RunningRun]

  package init(
    header: StudyHeader, status: StudyStatus, trials: [RunState: Int], runs: [RunState: Int], events: Int,
    startedAt: Double?, lastEventAt: Double?, recentRunsPerSecond: Double?, running: [RunningRun]
  ) {
    self.header = header
    self.status = status
    self.trials = trials
    self.runs = runs
    self.events = events
    self.startedAt = startedAt
    self.lastEventAt = lastEventAt
    self.recentRunsPerSecond = recentRunsPerSecond
    self.running = running
  }

  /// Runs a second between the first and the last of the times at which runs finished.
  static func rate(finishedAt times: some Collection<Double>) -> Double? {
    guard times.count >= 2, let first = times.min(), let last = times.max(), last > first else { return nil }
    return Double(times.count - 1) / (last - first)
  }

  /// How many finished runs `recentRunsPerSecond` looks at, and within how many events.
  static let recentRuns = 200
  static let recentEvents = 5_000
}

/// A run that a worker has now.
package struct RunningRun: Hashable, Sendable {
  package var attempt: Attempt
  package var worker: String
  package var step: Int
  /// The metrics of this attempt's last report; empty before the first.
  package var metrics: [String: Double]
  /// When this attempt began, in seconds since 1970.
  package var startedAt: Double

  package init(attempt: Attempt, worker: String, step: Int, metrics: [String: Double], startedAt: Double) {
    self.attempt = attempt
    self.worker = worker
    self.step = step
    self.metrics = metrics
    self.startedAt = startedAt
  }
}
