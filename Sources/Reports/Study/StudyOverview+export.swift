package import StudyModel

extension StudyOverview {
  /// One document. What depends on the clock ends in `_seconds`, `_at` or `_per_second`.
  package var json: JSONValue {
    [
      "study": .string(study), "directory": .string(directory), "state": .string(state),
      "message": JSONValue(optional: message), "trials": Self.json(trials, planned: trialsPlanned),
      "runs": Self.json(runs, planned: runsPlanned), "metric": .string(metric),
      "best": best.map { ["trial": .integer($0.trial), "value": JSONValue($0.value)] } ?? .null,
      "workers": .array(
        running.map { run in
          [
            "worker": .string(run.worker), "run": .string(run.attempt.run.description),
            "trial": .integer(run.attempt.run.trial), "attempt": .integer(run.attempt.number),
            "step": .integer(run.step),
            "metrics": JSONValue(metrics: run.metrics), "started_at": .number(run.startedAt),
          ]
        }),
      "runs_per_second": JSONValue(finite: runsPerSecond), "elapsed_seconds": JSONValue(finite: elapsedSeconds),
      "left_seconds": JSONValue(finite: secondsLeft), "created_at": .number(createdAt),
      "last_event_at": JSONValue(finite: lastEventAt),
    ]
  }

  /// One row.
  package var csv: String {
    let states = RunState.allCases
    var csv = CSV(
      header: ["study", "state", "trials_planned"] + states.map { "trials_\($0.rawValue)" } + ["runs_planned"]
        + states.map { "runs_\($0.rawValue)" } + ["best_trial", "best_value", "best_value_se", "elapsed_seconds"])
    csv.append(
      [study, state, trialsPlanned.map(String.init) ?? ""] + states.map { String(trials[$0] ?? 0) }
        + [runsPlanned.map(String.init) ?? ""] + states.map { String(runs[$0] ?? 0) }
        + [
          best.map { String($0.trial) } ?? "", CSV.field(best?.value.mean), CSV.field(best?.value.standardError),
          CSV.field(elapsedSeconds),
        ])
    return csv.text
  }

  private static func json(_ counts: [RunState: Int], planned: Int?) -> JSONValue {
    let members = RunState.allCases.map { JSONObject.Member($0.rawValue, .integer(counts[$0] ?? 0)) }
    return .object(JSONObject([.init("planned", JSONValue(optional: planned))] + members))
  }
}
