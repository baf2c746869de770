package import StudyModel

/// Where a study stands, for `status`: counts, what the workers are at, the best trial so far.
package struct StudyOverview: Hashable, Sendable {
  /// A run that a worker is at.
  package struct Running: Hashable, Sendable {
    package var worker: String
    package var attempt: Attempt
    package var step: Int
    package var metrics: [String: Double]
    /// Seconds since 1970.
    package var startedAt: Double

    package init(worker: String, attempt: Attempt, step: Int, metrics: [String: Double], startedAt: Double) {
      self.worker = worker
      self.attempt = attempt
      self.step = step
      self.metrics = metrics
      self.startedAt = startedAt
    }
  }

  package var study: String
  package var directory: String
  /// `running`, `interrupted`, `finished` or `failed`.
  package var state: String
  package var message: String?
  /// Size of the sweep; nil when it is not known before the end.
  package var trialsPlanned: Int?
  package var runsPerTrial: Int
  package var trials: [RunState: Int] = [:]
  package var runs: [RunState: Int] = [:]
  package var running: [Running] = []
  package var metric: String
  package var best: ProgressSnapshot.Best?
  /// Finished runs per second, lately.
  package var runsPerSecond: Double?
  /// Times in seconds since 1970.
  package var createdAt: Double
  package var startedAt: Double?
  package var lastEventAt: Double?
  package var now: Double

  package init(
    study: String, directory: String, state: String, metric: String, runsPerTrial: Int, createdAt: Double, now: Double
  ) {
    self.study = study
    self.directory = directory
    self.state = state
    self.metric = metric
    self.runsPerTrial = runsPerTrial
    self.createdAt = createdAt
    self.now = now
  }

  var runsPlanned: Int? { trialsPlanned.map { $0 * runsPerTrial } }

  /// Seconds from the first event to the last, or to now while the study is running. Pauses count.
  var elapsedSeconds: Double? {
    guard let startedAt else { return nil }
    return max(0, (state == "running" ? now : lastEventAt ?? startedAt) - startedAt)
  }

  /// At the recent pace; nil unless the study is running.
  var secondsLeft: Double? {
    guard state == "running", let runsPlanned, let runsPerSecond, runsPerSecond > 0 else { return nil }
    let final = runs.reduce(0) { $1.key.isFinal ? $0 + $1.value : $0 }
    return Double(max(0, runsPlanned - final)) / runsPerSecond
  }

  static func ended(_ counts: [RunState: Int]) -> Int {
    counts.reduce(0) { $1.key.isFinal ? $0 + $1.value : $0 }
  }
}
