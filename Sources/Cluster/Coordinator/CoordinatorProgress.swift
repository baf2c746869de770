package import ClusterProtocol
package import StudyModel

/// Where a coordinator stands, for a progress display.
package struct CoordinatorProgress: Sendable {
  package var budget: Int
  package var trialsDone = 0
  package var trialsFailed = 0
  package var runsDone = 0
  package var runsFailed = 0
  /// Steps that unfinished runs had made, as far as they were kept, when this coordinator started.
  package var stepsBefore: [RunID: Int] = [:]
  package var workers: [WorkerRoster.Worker] = []
  /// The best trial so far and its objective.
  package var best: (trial: Int, value: Aggregate)?
  /// Time since this coordinator started.
  package var elapsed = Duration.zero
  package var isDraining = false
  private var slotSeconds = 0.0
  private var waitingSeconds = 0.0
  private var counted: Duration?
  private var waiting = 0

  package init(budget: Int) { self.budget = budget }

  /// The share of the slots' time in which they were free and trials were still to be started: what workers waited for
  /// a strategy that learns. Nil for other strategies.
  package var waitingShare: Double? { slotSeconds > 0 ? waitingSeconds / slotSeconds : nil }

  /// What was free at the last call was free until now.
  mutating func countWaiting(_ free: Int, of slots: Int, until now: Duration) {
    if let counted {
      slotSeconds += Double(slots) * (now - counted).inSeconds
      waitingSeconds += Double(waiting) * (now - counted).inSeconds
    }
    counted = now
    waiting = min(free, slots)
  }

  mutating func count(_ trial: CompletedTrial, metric: String, goal: SweepConfiguration.Objective.Goal) {
    // An exploration has no value of its own.
    guard let value = trial.metrics[metric] else {
      if trial.surveys.isEmpty { trialsFailed += 1 } else { trialsDone += 1 }
      return
    }
    trialsDone += 1
    let isBetter =
      switch (best?.value.mean, goal) {
      case (nil, _): true
      case (let mean?, .minimize): value.mean < mean
      case (let mean?, .maximize): value.mean > mean
      }
    if isBetter { best = (trial.number, value) }
  }
}
