import ArgumentParser
import ModelSelection
import Reports
import StudyModel
import StudyStore

struct Best: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the best trial of a study, and whether the metrics agree on it.",
    discussion: """
      The winner by the objective and its whole configuration, the winner by every other metric, and whether \
      evidence (elbo) and validation (lppd and its like) choose the same trial. Differences between trials are \
      paired over the folds and seeds, which all trials share. The configuration is a sweep file of its own that \
      trains the winner again.

      EXAMPLES:
        hpsearch best priors
        hpsearch best priors --metric lppd
        hpsearch best priors --format json | jq .configuration > winner.json
      """)

  @OptionGroup var study: StudyArgument

  @Option(help: "How it is shown; csv has a row for each metric.")
  var format = OutputFormat.table

  @Option(help: ArgumentHelp("Choose by this metric instead of the sweep's objective.", valueName: "NAME"))
  var metric: String?

  func run() throws {
    let study = try study.open()
    let trials = try study.reader.trials()
    let selection = try select(study, trials)
    guard let best = selection.best else { throw fail(nothingYet(study, trials)) }
    let winner = try study.configuration.winner(best.trial.point)
    let export = BestExport(study: study.header.name, selection: selection, configuration: winner)
    switch format {
    case .table:
      let report = BestReport(configuration: study.configuration, selection: selection)
      let terminal = StandardOutput.terminal
      let title = terminal.style.bold("Configuration of trial \(best.trial.number)")
      StandardOutput.write(
        report.render(width: terminal.width, style: terminal.style) + "\n\(title)\n" + documentText(winner))
    case .json: StandardOutput.write(documentText(export.json))
    case .csv: StandardOutput.write(export.csv)
    }
  }

  private func select(_ study: ReadableStudy, _ trials: [TrialRecord]) throws -> Selection {
    let selection = Selection(
      objective: study.configuration.objective, space: study.configuration.space, trials: trials)
    guard let metric, metric != selection.ranking.metric, selection.best != nil else { return selection }
    let ranked = selection.metrics.filter { selection.goals.goal(of: $0) != nil }
    guard ranked.contains(metric), let goal = selection.goals.goal(of: metric) else {
      throw unknownMetric(metric, ranked)
    }
    var objective = study.configuration.objective
    objective.metric = metric
    objective.goal = goal
    return Selection(objective: objective, space: study.configuration.space, trials: trials)
  }

  private func nothingYet(_ study: ReadableStudy, _ trials: [TrialRecord]) -> String {
    (["no trial of \(study.header.name) is done yet"] + failuresText(of: trials)).joined(separator: "\n  ")
  }
}
