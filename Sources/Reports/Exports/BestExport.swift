package import ModelSelection
package import StudyModel

/// The winner of a study for other programs.
package struct BestExport {
  package let study: String
  package let selection: Selection
  /// The sweep's configuration with the winner's point merged into it, ready to be used.
  package let configuration: JSONValue

  package init(study: String, selection: Selection, configuration: JSONValue) {
    self.study = study
    self.selection = selection
    self.configuration = configuration
  }

  private var rankings: [Ranking] { [selection.ranking] + selection.others }

  /// A row for each metric: the winner by it, its value, what the winner by the objective has there, and how much
  /// worse that is over the runs that both share.
  package var csv: String {
    var csv = CSV(header: [
      "metric", "goal", "trial", "value", "value_se", "objective_trial", "objective_trial_value",
      "objective_trial_value_se", "worse_by", "worse_by_se",
    ])
    for ranking in rankings {
      guard let best = ranking.best, let winner = selection.best?.trial else { continue }
      let own = winner.metrics[ranking.metric]
      let loss = loss(of: winner, in: ranking)
      csv.append([
        ranking.metric, ranking.goal.rawValue, String(best.trial.number), CSV.field(best.value.mean),
        CSV.field(best.value.standardError), String(winner.number), CSV.field(own?.mean), CSV.field(own?.standardError),
        CSV.field(loss?.mean), CSV.field(loss?.standardError),
      ])
    }
    return csv.text
  }

  package var json: JSONValue {
    guard let best = selection.best else { return .null }
    let close = selection.ranking.indistinguishableFromBest?.map { JSONValue.integer($0.trial.number) }
    return [
      "study": .string(study), "objective": TrialsExport.json(selection.ranking), "trial": .integer(best.trial.number),
      "value": JSONValue(best.value), "parameters": .object(best.trial.point.values), "configuration": configuration,
      "within_one_standard_error": close.map { .array($0) } ?? .null,
      "best_by_metric": .array(rankings.compactMap(json)),
      "evidence_and_validation": .array(selection.agreements.map(json)),
      "categories": .array(selection.categories.map(json)),
    ]
  }

  private func loss(of winner: ScoredTrial, in ranking: Ranking) -> PairedDifference? {
    ranking.best.flatMap { PairedDifference(of: winner, from: $0.trial, metric: ranking.metric, goal: ranking.goal) }
  }

  private func json(_ ranking: Ranking) -> JSONValue? {
    guard let best = ranking.best, let winner = selection.best?.trial else { return nil }
    return [
      "metric": .string(ranking.metric), "goal": .string(ranking.goal.rawValue), "trial": .integer(best.trial.number),
      "value": JSONValue(best.value), "objective_trial_value": JSONValue(winner.metrics[ranking.metric]),
      "worse_by": json(loss(of: winner, in: ranking)),
    ]
  }

  private func json(_ difference: PairedDifference?) -> JSONValue {
    guard let difference else { return .null }
    return [
      "mean": JSONValue(finite: difference.mean), "standard_error": JSONValue(finite: difference.standardError),
      "runs": .integer(difference.count),
    ]
  }

  private func json(_ agreement: Agreement) -> JSONValue {
    [
      "evidence": .string(agreement.evidence.metric),
      "evidence_trial": JSONValue(optional: agreement.evidence.best?.trial.number),
      "validation": .string(agreement.validation.metric),
      "validation_trial": JSONValue(optional: agreement.validation.best?.trial.number),
      "verdict": .string(agreement.verdict.rawValue), "validation_worse_by": json(agreement.validationLoss),
      "evidence_worse_by": json(agreement.evidenceLoss),
      "rank_correlation": JSONValue(finite: agreement.rankCorrelation),
    ]
  }

  private func json(_ ranking: CategoryRanking) -> JSONValue {
    let categories = ranking.categories.map { category -> JSONValue in
      [
        "value": category.value, "trials": .integer(category.count), "best_trial": .integer(category.best.trial.number),
        "best": JSONValue(category.best.value), "mean_of_trials": JSONValue(finite: category.trials.mean),
      ]
    }
    return ["dimension": .string(ranking.dimension), "categories": .array(categories)]
  }
}
