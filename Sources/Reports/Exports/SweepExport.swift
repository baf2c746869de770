package import ModelSelection
package import StudyModel

/// The last word of a sweep for other programs: counts, the winner and its configuration, and every trial that failed.
package struct SweepExport {
  package let configuration: SweepConfiguration
  package let selection: Selection
  package let trials: [TrialRecord]

  package init(configuration: SweepConfiguration, selection: Selection, trials: [TrialRecord]) {
    self.configuration = configuration
    self.selection = selection
    self.trials = trials
  }

  /// `{"study", "trials": {"done", "failed"}, "best": {...} or null, "ranking": [...], "failed": [...]}`, where `best` is
  /// what `hpsearch best --format json` prints.
  ///
  /// - Throws: `ConfigurationError` when the winner's point does not fit the configuration.
  package func json() throws(ConfigurationError) -> JSONValue {
    var best = JSONValue.null
    if let winner = selection.best {
      let winner = try configuration.winner(winner.trial.point)
      best = BestExport(study: configuration.name, selection: selection, configuration: winner).json
    }
    let failed = trials.filter { $0.state.isFinal && $0.state != .done }
    return [
      "study": .string(configuration.name),
      "trials": ["done": .integer(selection.trials.count), "failed": .integer(failed.count)], "best": best,
      "ranking": .array(
        selection.ranking.standings.map { standing in
          [
            "trial": .integer(standing.trial.number), "value": JSONValue(standing.value),
            "parameters": .object(standing.trial.point.values),
          ]
        }),
      "failed": .array(
        failed.map { ["trial": .integer($0.number), "reason": JSONValue(optional: $0.reason)] }),
    ]
  }
}
