package import StudyModel

/// What a study says about its models: the ranking by the objective, the winners by every other metric, whether
/// evidence and validation agree, and the best of each category.
package struct Selection: Hashable, Sendable {
  package let goals: MetricGoals
  /// All trials that are done, by number.
  package let trials: [ScoredTrial]
  /// Every metric that a trial has, in the order of the tables, those that are never ranked too.
  package let metrics: [String]
  /// By the objective.
  package let ranking: Ranking
  /// By every other metric that has a direction, in the order of the tables.
  package let others: [Ranking]
  /// For each categorical dimension with more than one value, in the order of the space.
  package let categories: [CategoryRanking]

  package init(objective: SweepConfiguration.Objective, space: SearchSpace, trials records: [TrialRecord]) {
    let goals = MetricGoals(objective)
    let trials = records.compactMap(ScoredTrial.init).sorted { $0.number < $1.number }
    let metrics = goals.ordered(Set(trials.lazy.flatMap(\.metrics.keys)))
    let ranking = Ranking(of: trials, by: objective.metric, goal: objective.goal)
    self.goals = goals
    self.trials = trials
    self.metrics = metrics
    self.ranking = ranking
    others = metrics.compactMap { metric in
      guard metric != objective.metric, let goal = goals.goal(of: metric) else { return nil }
      return Ranking(of: trials, by: metric, goal: goal)
    }
    categories = space.dimensions.compactMap { dimension in
      guard case .values(let values) = dimension.domain, values.count > 1 else { return nil }
      let categories = CategoryRanking(of: ranking, dimension: dimension.name)
      return categories.categories.isEmpty ? nil : categories
    }
  }

  /// The winner by the objective.
  package var best: Standing? { ranking.best }

  /// The ranking by any metric that has a direction.
  package func ranking(by metric: String) -> Ranking? {
    metric == ranking.metric ? ranking : others.first { $0.metric == metric }
  }

  /// Metrics on held-out data, the most telling first: a proper score of the whole predictive distribution before a
  /// score of its mean.
  private static let validationMetrics = ["lppd", "nll", "error", "rmse", "ece"]

  /// Estimates of log evidence, in the order of the tables.
  private static let evidenceMetrics = NetworkMetric.allCases.filter(\.isEvidence).map(\.rawValue)

  /// Evidence (the objective where it is one) against each validation metric, the most telling first. Empty for
  /// objectives without evidence.
  package var agreements: [Agreement] {
    let names = [ranking.metric].filter { NetworkMetric(rawValue: $0)?.isEvidence == true } + Self.evidenceMetrics
    guard let evidence = names.lazy.compactMap({ ranking(by: $0) }).first else { return [] }
    return Self.validationMetrics.compactMap { metric in
      ranking(by: metric).flatMap { Agreement(evidence: evidence, validation: $0) }
    }
  }
}
