package import StudyModel

/// The place of one trial by one metric.
package struct Standing: Hashable, Sendable {
  package let trial: ScoredTrial
  package let value: Aggregate

  package init(trial: ScoredTrial, value: Aggregate) {
    self.trial = trial
    self.value = value
  }
}

/// Trials by one metric, the best first. Equal means are ordered by trial number, so that the ranking does not depend
/// on the order in which trials ended.
package struct Ranking: Hashable, Sendable {
  package let metric: String
  package let goal: MetricGoals.Goal
  package let standings: [Standing]

  package var best: Standing? { standings.first }

  /// Ranks the trials that have the metric. A mean that is not a number comes last.
  package init(of trials: [ScoredTrial], by metric: String, goal: MetricGoals.Goal) {
    self.metric = metric
    self.goal = goal
    standings = trials.compactMap { trial in trial.metrics[metric].map { Standing(trial: trial, value: $0) } }
      .sorted { a, b in
        if goal.isBetter(a.value.mean, than: b.value.mean) { return true }
        if goal.isBetter(b.value.mean, than: a.value.mean) { return false }
        return a.trial.number < b.trial.number
      }
  }

  /// The trials that the data cannot tell from the best, the best among them: those whose paired difference from it is
  /// at most one standard error. Nil where a trial has one run only, because then nothing is known of the noise.
  package var indistinguishableFromBest: [Standing]? {
    guard let best, best.trial.runs.count > 1 else { return nil }
    return standings.filter { standing in
      standing.trial.number == best.trial.number
        || PairedDifference(of: standing.trial, from: best.trial, metric: metric, goal: goal)?.isWithinOneStandardError
          == true
    }
  }
}
