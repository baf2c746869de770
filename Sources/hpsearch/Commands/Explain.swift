import ArgumentParser
import Reports
import SearchStrategies
import StudyModel
import StudyStore
import Tensors

struct Explain: ComputingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a Gaussian process believes after the trials of a study.",
    discussion: """
      Which parameters matter (the share of the outcome's variance that each explains, by itself and with its \
      interactions), how well each trial is predicted from the others, the best point that is predicted and how sure \
      that is, and where the search would look next and why. It works for a study of any strategy, also while the sweep \
      is running; it reads and changes nothing.

      EXAMPLES:
        hpsearch explain priors
        hpsearch explain priors --format json | jq '.dimensions[] | {name, total_effect}'
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var study: StudyArgument

  @Option(help: "How it is shown.")
  var format = Format.text

  func run() throws {
    // As in the sweep: the number of threads is in the last digits, and the next point is to be that of the sweep.
    BLAS.setThreads(1)
    let study = try study.open()
    let history = try study.history()
    var restored: any SearchStrategy = GaussianProcessStrategy(study.configuration)
    history.restore(&restored)
    let done = Set(history.completed.map(\.number))
    let decisions = history.entries.map(\.decision)
    let pending = decisions.filter { !done.contains($0.number) }
      .map { PendingTrial(number: $0.number, point: $0.point) }
    let request = AskRequest(
      numbers: decisions.count..<decisions.count + 1, asked: decisions.map(\.point), pending: pending)
    guard let explanation = (restored as? GaussianProcessStrategy)?.explanation(request) else {
      throw fail(
        "a model needs two trials with an outcome, and a parameter with two values; \(study.header.name) has "
          + "\(history.completed.count) finished trials")
    }
    let report = ExplanationReport(explanation, space: study.configuration.space)
    switch format {
    case .text:
      let terminal = StandardOutput.terminal
      StandardOutput.write(report.render(width: terminal.width, style: terminal.style))
    case .json: StandardOutput.write(documentText(report.json))
    }
  }
}
