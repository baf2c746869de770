import ArgumentParser
import Reports
import SearchStrategies
import StudyModel
import StudyStore
import Tensors

struct Replay: ComputingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make every decision of a study again, and say where it comes out differently.",
    discussion: """
      The store keeps what each decision of the strategy saw: the results it had been told of, the trials that were \
      pending, its random key. Each is made again from that, in the order of the trials, and compared with the point \
      that was tried and with the note that was kept. Nothing is trained and nothing is changed; the sweep may be \
      running. The exit status is 0 when all come out the same, and 1 when one does not: the study's database was \
      changed, or it was written by another version of hpsearch or on another kind of processor.

      EXAMPLES:
        hpsearch replay priors
        hpsearch replay /data/studies/priors
        hpsearch replay priors --format json | jq '.different[].trial'
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var study: StudyArgument

  @Option(help: "How it is shown.")
  var format = Format.text

  func run() throws {
    // As in the sweep: the number of threads is in the last digits.
    BLAS.setThreads(1)
    let study = try study.open()
    let strategy: any SearchStrategy
    do {
      strategy = try makeStrategy(for: study.configuration)
    } catch {
      throw fail(error)
    }
    var report = ReplayReport(study: study.header.name, strategy: study.configuration.strategy.kind.rawValue)
    let style = StandardOutput.terminal.style
    for finding in DecisionReplay(try study.history(), strategy: strategy) {
      report.add(finding)
      if format == .text { StandardOutput.write(ReplayReport.text(finding, style: style)) }
    }
    switch format {
    case .text: StandardOutput.write(report.summary + "\n")
    case .json: StandardOutput.write(documentText(report.json))
    }
    if report.differs { throw ExitCode.failure }
  }
}

extension ReadableStudy {
  /// What the strategy went through, from one snapshot of the events.
  func history() throws -> DecisionHistory {
    let events = try reader.events()
    do {
      return DecisionHistory(try StudyState(plan: header.plan, events: events), events: events)
    } catch {
      throw fail("the events in \(directory.database) do not fit together: \(error)")
    }
  }
}
