package import ModelSelection
package import StudyModel

/// The trials of a study for other programs. Two studies with the same sweep file give the same text, but for what
/// ends in `_seconds` or `_at`.
package struct TrialsExport {
  package let study: String
  package let plan: RunPlan
  package let space: SearchSpace
  package let selection: Selection
  /// In the order in which they are written.
  package let records: [TrialRecord]
  /// Whether there is what a model expected of the objective, and how far off that was.
  package let showsPredictions: Bool

  package init(
    study: String, plan: RunPlan, space: SearchSpace, selection: Selection, records: [TrialRecord],
    showsPredictions: Bool = false
  ) {
    self.study = study
    self.plan = plan
    self.space = space
    self.selection = selection
    self.records = records
    self.showsPredictions = showsPredictions
  }

  /// A row for each trial: `trial`, `state`, the parameters by their names, then for each metric its mean over the
  /// runs, `_se` its standard error and `_sd` the standard deviation; where a model chose trials, for the objective
  /// `_predicted` what it expected then, `_predicted_sd` how uncertain it was, and `_z` how many standard deviations the
  /// outcome is above that, the noise included; `reason`, and `run_seconds`, the wall-clock time of all runs together.
  /// Fields that do not exist for a trial are empty.
  package var csv: String {
    let parameters = space.dimensions.map(\.name)
    let metrics = selection.metrics
    var header = ["trial", "state"]
    // A command may call a metric as it calls a parameter; a column has one meaning.
    func add(_ name: String, _ kind: String) { header.append(header.contains(name) ? "\(kind).\(name)" : name) }
    for name in parameters { add(name, "parameter") }
    for metric in metrics { for suffix in ["", "_se", "_sd"] { add(metric + suffix, "metric") } }
    let objective = selection.ranking.metric
    if showsPredictions { for suffix in ["_predicted", "_predicted_sd", "_z"] { add(objective + suffix, "model") } }
    var csv = CSV(header: header + ["reason", "run_seconds"])
    for record in records {
      let values = record.metrics
      var fields = [String(record.number), record.state.rawValue]
      fields += parameters.map { record.point[$0].map(Self.field) ?? "" }
      for metric in metrics {
        let value = values[metric]
        fields += [value?.mean, value?.standardError, value?.standardDeviation].map { CSV.field($0) }
      }
      if showsPredictions {
        let prediction = record.prediction
        fields += [
          prediction?.mean, prediction?.standardDeviation, prediction?.deviations(of: values[objective]?.mean),
        ].map { CSV.field($0) }
      }
      csv.append(fields + [record.reason ?? "", CSV.field(record.seconds)])
    }
    return csv.text
  }

  /// `{"study", "objective", "trials": [...]}`: the same as the rows (`predicted` is null for trials that no model
  /// chose, and is missing where none chose any), and each run with its own metrics, so that trials
  /// can be compared fold by fold.
  package var json: JSONValue {
    [
      "study": .string(study), "objective": Self.json(selection.ranking),
      "trials": .array(records.map(json)),
    ]
  }

  static func json(_ ranking: Ranking) -> JSONValue {
    ["metric": .string(ranking.metric), "goal": .string(ranking.goal.rawValue)]
  }

  private func json(_ record: TrialRecord) -> JSONValue {
    let values = record.metrics
    let metrics = selection.metrics.compactMap { name in
      values[name].map { JSONObject.Member(name, JSONValue($0)) }
    }
    var object: JSONObject = [
      "trial": .integer(record.number), "state": .string(record.state.rawValue),
      "parameters": .object(record.point.values), "metrics": .object(JSONObject(metrics)),
    ]
    if showsPredictions {
      let outcome = values[selection.ranking.metric]?.mean
      object["predicted"] = record.prediction.map { Self.json($0, outcome: outcome) } ?? .null
    }
    object["reason"] = JSONValue(optional: record.reason)
    object["run_seconds"] = .number(record.seconds)
    object["runs"] = .array(record.scoredRuns.map(json))
    return .object(object)
  }

  private static func json(_ prediction: TrialPrediction, outcome: Double?) -> JSONValue {
    [
      "mean": JSONValue(finite: prediction.mean), "standard_deviation": JSONValue(finite: prediction.standardDeviation),
      "outcome_standard_deviation": JSONValue(finite: prediction.outcomeStandardDeviation),
      "z": JSONValue(finite: prediction.deviations(of: outcome)),
    ]
  }

  private func json(_ run: RunRecord) -> JSONValue {
    var metrics: [String: Double] = [:]
    if case .done(let values) = run.outcome { metrics = values }
    return [
      "run": .integer(run.id.index), "fold": .integer(plan.fold(of: run.id)), "seed": .integer(plan.seed(of: run.id)),
      "state": .string(run.state.rawValue), "metrics": JSONValue(metrics: metrics),
      "reason": JSONValue(optional: run.outcome?.reason), "run_seconds": .number(run.seconds),
    ]
  }

  /// A value of a point as a field: strings as they are, numbers with the digits that give them again, the rest as
  /// JSON.
  private static func field(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let value): value
    case .number(let value): CSV.field(value)
    default: value.serialized()
    }
  }
}
