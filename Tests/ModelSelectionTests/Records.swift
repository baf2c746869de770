import StudyModel

/// A trial that is done, with the given metrics of each run.
func trial(_ number: Int, _ values: JSONObject = JSONObject(), runs: [[String: Double]]) -> TrialRecord {
  let records = runs.enumerated().map { index, metrics in
    var record = RunRecord(id: RunID(trial: number, index: index))
    record.state = .done
    record.outcome = .done(metrics: metrics)
    return record
  }
  return TrialRecord(number: number, point: Point(values), runs: records)
}

func failedTrial(_ number: Int, reason: String) -> TrialRecord {
  var record = RunRecord(id: RunID(trial: number, index: 0))
  record.state = .failed
  record.outcome = .failed(reason: reason)
  return TrialRecord(number: number, point: Point(), runs: [record])
}

func objective(_ metric: String, _ goal: SweepConfiguration.Objective.Goal) -> SweepConfiguration.Objective {
  var objective = SweepConfiguration.Objective()
  objective.metric = metric
  objective.goal = goal
  return objective
}
