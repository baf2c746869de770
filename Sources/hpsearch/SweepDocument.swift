import ModelSelection
import Reports
import StudyModel
import StudyStore

/// What `sweep --format json` prints: one document with the winner, as `best` has it, and all trials, as `trials` has
/// them.
struct SweepDocument {
  let json: JSONValue

  init(study: OpenStudy, selection: Selection, trials: [TrialRecord]) throws {
    let configuration = study.configuration
    let winner = try selection.best.map { try configuration.winner($0.trial.point) } ?? .null
    let best = BestExport(study: configuration.name, selection: selection, configuration: winner)
    let all = TrialsExport(
      study: configuration.name, plan: configuration.plan, space: configuration.space, selection: selection,
      records: trials)
    json = [
      "study": .string(configuration.name), "directory": .string(study.directory.path), "best": best.json,
      "trials": all.json.object?["trials"] ?? [],
    ]
  }
}
