import GRDB
import StudyModel

extension StudyQueries {
  /// The trial that the coordinator noted as the best so far, and the values of a metric over its runs; nil when none
  /// is noted, or it has no such metric. Costs the same in a study of any length.
  static func best(_ db: Database, _ plan: RunPlan, by metric: String) throws -> (trial: Int, value: Aggregate)? {
    guard let trial = try Int.fetchOne(db, sql: "SELECT best_trial FROM study") else { return nil }
    let values = try Double.fetchAll(
      db,
      sql: """
        SELECT metric.value FROM run, json_each(run.metrics) AS metric
        WHERE run.id >= ? AND run.id < ? AND metric.key = ? AND metric.type IN ('real', 'integer') ORDER BY run.id
        """, arguments: [trial * plan.runsPerTrial, trial * plan.runsPerTrial + plan.scoredRunsPerTrial, metric])
    return values.count == plan.scoredRunsPerTrial ? (trial, Aggregate(of: values)) : nil
  }
}
