import ArgumentParser
import ModelSelection
import Reports
import StudyModel
import StudyStore

struct Trials: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the trials of a study.",
    discussion: """
      A row for each trial with its state, its parameters, and the mean and standard error of each metric over \
      folds and seeds. A terminal that is too narrow leaves out columns; the formats json and csv are complete. In \
      csv, NAME_se is the standard error and NAME_sd the standard deviation of the metric NAME; columns that end \
      in _seconds or _at depend on the clock, all others are the same whenever the sweep is run.

      Where a model chose the trials, there is also what it expected of the objective just before: the mean with its \
      standard deviation, and z, how many standard deviations the outcome is above that when the noise of an outcome is \
      counted too (in csv NAME_predicted, NAME_predicted_sd and NAME_z).

      EXAMPLES:
        hpsearch trials priors
        hpsearch trials priors --sort lppd --limit 10
        hpsearch trials priors --format csv > priors.csv
        hpsearch trials priors --format json | jq '.trials[0].runs'
      """)

  @OptionGroup var study: StudyArgument

  @Option(help: "How it is shown.")
  var format = OutputFormat.table

  @Option(help: ArgumentHelp("Order by this metric, the best first, instead of by trial number.", valueName: "METRIC"))
  var sort: String?

  @Option(help: ArgumentHelp("Show the first N only.", valueName: "N"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1, got \(limit)") }
  }

  func run() throws {
    let study = try study.open()
    let all = try study.reader.trials()
    let selection = Selection(objective: study.configuration.objective, space: study.configuration.space, trials: all)
    var records = try sorted(all, selection)
    if let limit { records = Array(records.prefix(limit)) }
    let showsPredictions = all.contains { $0.prediction != nil }
    let export = TrialsExport(
      study: study.header.name, plan: study.header.plan, space: study.configuration.space, selection: selection,
      records: records, showsPredictions: showsPredictions)
    switch format {
    case .table:
      var table = TrialsTable(records: records, space: study.configuration.space, selection: selection)
      table.showsPredictions = showsPredictions
      let terminal = StandardOutput.terminal
      StandardOutput.write(table.render(width: terminal.width, style: terminal.style))
    case .json: StandardOutput.write(documentText(export.json))
    case .csv: StandardOutput.write(export.csv)
    }
  }

  /// Trials without the metric come last, by number.
  private func sorted(_ records: [TrialRecord], _ selection: Selection) throws -> [TrialRecord] {
    guard let sort, sort != "trial", !selection.metrics.isEmpty else { return records }
    guard selection.metrics.contains(sort) else { throw unknownMetric(sort, selection.metrics) }
    let goal = selection.goals.goal(of: sort) ?? .minimize
    let numbers = Ranking(of: selection.trials, by: sort, goal: goal).standings.map(\.trial.number)
    let ranked = Set(numbers)
    return numbers.map { records[$0] } + records.filter { !ranked.contains($0.number) }
  }
}

/// Says which metrics there are, and gives the error to throw.
func unknownMetric(_ name: String, _ known: [String]) -> ExitCode {
  let hint = Spelling.hint(for: name, in: known)
  return fail(
    "the trials have no metric \"\(name)\"\(hint)\nMetrics: \(known.joined(separator: ", "))", status: ExitCode.usage)
}
