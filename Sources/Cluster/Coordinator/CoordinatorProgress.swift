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

  package init(budget: Int) { self.budget = budget }

  mutating func count(_ trial: CompletedTrial, metric: String, goal: SweepConfiguration.Objective.Goal) {
    guard let value = trial.metrics[metric] else {
      trialsFailed += 1
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
