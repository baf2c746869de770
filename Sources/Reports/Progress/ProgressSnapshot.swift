package import StudyModel

/// Where a sweep stands at one moment: all that the progress display shows. The coordinator makes one whenever it has
/// news or a tick of its clock; making it costs nothing but a few counts.
package struct ProgressSnapshot: Hashable, Sendable {
  /// One worker, idle or at a run.
  package struct Worker: Hashable, Sendable {
    package var name: String
    /// The run it is at; nil while it waits for one.
    package var run: RunID?
    /// The attempt at that run, from 1.
    package var attempt: Int
    /// Steps done and steps in all, as the run reported them; `total` nil where it does not say.
    package var step: Int
    package var total: Int?
    /// The metrics of the last report.
    package var metrics: [String: Double]

    package init(
      name: String, run: RunID? = nil, attempt: Int = 0, step: Int = 0, total: Int? = nil,
      metrics: [String: Double] = [:]
    ) {
      self.name = name
      self.run = run
      self.attempt = attempt
      self.step = step
      self.total = total
      self.metrics = metrics
    }

    /// The part of its run that is done, in 0...1; 0 where the run does not say.
    var fraction: Double {
      guard run != nil, let total, total > 0 else { return 0 }
      return min(max(Double(step) / Double(total), 0), 1)
    }
  }

  /// The best trial so far by the objective.
  package struct Best: Hashable, Sendable {
    package var trial: Int
    package var value: Aggregate

    package init(trial: Int, value: Aggregate) {
      self.trial = trial
      self.value = value
    }
  }

  package var study: String
  /// The objective's metric.
  package var metric: String
  /// Trials of the whole sweep; nil when the strategy does not know.
  package var trials: Int?
  package var trialsDone = 0
  /// Trials that are final and not done: failed, pruned or cancelled.
  package var trialsFailed = 0
  /// Runs of the whole sweep; nil when the strategy does not know.
  package var runs: Int?
  /// Runs that are final, whatever their end.
  package var runsDone = 0
  /// Of those, the ones that were final when this process began: a resumed sweep is not faster for them.
  package var runsDoneBefore = 0
  /// Of the runs that began before this process did, the parts that were done by then.
  package var partsDoneBefore: [RunID: Double] = [:]
  package var workers: [Worker] = []
  package var best: Best?
  /// Seconds since this process began.
  package var elapsed = 0.0

  package init(study: String, metric: String, trials: Int?, runs: Int?) {
    self.study = study
    self.metric = metric
    self.trials = trials
    self.runs = runs
  }

  /// Trials that are final.
  package var trialsFinal: Int { trialsDone + trialsFailed }

  /// Finished runs and the finished parts of those under way.
  private var progress: Double { workers.reduce(Double(runsDone)) { $0 + $1.fraction } }

  /// The part of the sweep that is done, in 0...1; nil when its size is not known.
  package var fraction: Double? {
    runs.map { $0 > 0 ? min(max(progress / Double($0), 0), 1) : 1 }
  }

  /// Seconds that the rest will take at the mean pace since this process began; nil as long as that would be a guess:
  /// within the first two seconds, and before 1 % of a run's worth is done.
  package var secondsLeft: Double? {
    guard let runs, elapsed >= 2 else { return nil }
    let made = progress - Double(runsDoneBefore) - partsDoneBefore.values.reduce(0, +)
    return made >= 0.01 ? max(0, Double(runs) - progress) * elapsed / made : nil
  }
}
