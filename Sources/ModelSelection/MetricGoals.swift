package import StudyModel

/// Which way each metric is better, and the order in which metrics are shown.
///
/// The objective's own goal is the one of the sweep file. The other metrics have their natural direction; a name that
/// is not known (a command may return anything) has the goal of the objective.
package struct MetricGoals: Hashable, Sendable {
  package typealias Goal = SweepConfiguration.Objective.Goal

  /// The metric that the sweep is about.
  package let objective: String
  package let objectiveGoal: Goal

  package init(objective: String, goal: Goal) {
    self.objective = objective
    self.objectiveGoal = goal
  }

  package init(_ objective: SweepConfiguration.Objective) {
    self.init(objective: objective.metric, goal: objective.goal)
  }

  /// The metrics of a Bayesian network, then those that programs often return; in the order of the tables.
  private static let known: [(name: String, goal: Goal)] =
    NetworkMetric.allCases.map { ($0.rawValue, $0.goal) } + [
      ("loss", .minimize), ("accuracy", .maximize), ("mse", .minimize), ("mae", .minimize), ("r2", .maximize),
      ("auc", .maximize), ("f1", .maximize), ("score", .maximize), ("reward", .maximize),
    ]

  /// Parts of a network's scores that are neither better nor worse: the complexity is least for the posterior that
  /// learned nothing, the noise is an estimate, k-hat says whether another score can be trusted, and the best epoch is
  /// where the training stopped.
  private static let diagnostics: Set = [
    NetworkMetric.elboComplexity.rawValue, NetworkMetric.kHat.rawValue, "noise", "best_epoch",
  ]

  /// Endings of the names of metrics that describe a measurement and are neither better nor worse.
  private static let diagnosticSuffixes = [NetworkMetric.standardErrorSuffix, "_effective_samples", "_seconds", "_at"]

  /// The direction of a metric; nil for one that is never ranked, such as the Monte Carlo error of the ELBO.
  package func goal(of metric: String) -> Goal? {
    if metric == objective { return objectiveGoal }
    if Self.diagnosticSuffixes.contains(where: metric.hasSuffix) || metric == "seconds" { return nil }
    if Self.diagnostics.contains(metric) { return nil }
    return NetworkMetric(rawValue: metric)?.goal ?? Self.known.first { $0.name == metric }?.goal ?? objectiveGoal
  }

  /// The objective first, then the known metrics, each followed by its diagnostics, then the rest by name.
  package func ordered(_ metrics: some Sequence<String>) -> [String] {
    func place(_ metric: String) -> Int {
      if metric == objective { return -1 }
      let suffix = Self.diagnosticSuffixes.first(where: metric.hasSuffix) ?? ""
      let base = String(metric.dropLast(suffix.count))
      if base == objective { return -1 }
      if let index = Self.known.firstIndex(where: { $0.name == base }) {
        return index < NetworkMetric.allCases.count ? index : index + 1
      }
      // Those with a number in their name come after the network's others.
      return NetworkMetric(rawValue: base) == nil ? Self.known.count + 1 : NetworkMetric.allCases.count
    }
    return metrics.map { (place($0), $0) }.sorted { $0 < $1 }.map(\.1)
  }
}

extension SweepConfiguration.Objective.Goal {
  /// Whether `a` is strictly better than `b`. A value that is not a number is worse than every other.
  package func isBetter(_ a: Double, than b: Double) -> Bool {
    if a.isNaN || b.isNaN { return !a.isNaN }
    return self == .maximize ? a > b : a < b
  }

  /// How much worse `a` is than `b`: positive when it is worse.
  package func loss(of a: Double, against b: Double) -> Double {
    self == .maximize ? b - a : a - b
  }
}
