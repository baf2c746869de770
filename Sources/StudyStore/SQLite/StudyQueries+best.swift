import GRDB
import StudyModel

extension StudyQueries {
  /// The trial that is done and has the best mean of a metric over its runs, the first of equal ones; nil when none
  /// has it. Values that are not finite do not count.
  ///
  /// The database chooses, so that not every run of a long study is decoded; the values of the one trial are then
  /// aggregated as everywhere else.
  static func best(
    _ db: Database, _ plan: RunPlan, by metric: String, highest: Bool
  ) throws -> (trial: Int, value: Aggregate)? {
    let best = try Int.fetchOne(
      db,
      sql: """
        SELECT trial.number
        FROM run CROSS JOIN trial ON trial.number = run.trial, json_each(run.metrics) AS metric
        WHERE trial.state = 'done' AND metric.key = ? AND metric.type IN ('real', 'integer')
        GROUP BY trial.number HAVING count(*) = ?
        ORDER BY avg(metric.value) \(highest ? "DESC" : "ASC"), trial.number LIMIT 1
        """, arguments: [metric, plan.runsPerTrial])
    guard let best else { return nil }
    let values = try Double.fetchAll(
      db,
      sql: """
        SELECT metric.value FROM run, json_each(run.metrics) AS metric
        WHERE run.id >= ? AND run.id < ? AND metric.key = ? ORDER BY run.id
        """, arguments: [best * plan.runsPerTrial, (best + 1) * plan.runsPerTrial, metric])
    return values.isEmpty ? nil : (best, Aggregate(of: values))
  }
}
