import ArgumentParser
import Cluster
import Foundation
import Logging
import ModelSelection
import Objectives
import Reports
import SearchStrategies
import StudyModel
import StudyStore
import Tensors
import ZeroMQ

struct Sweep: ComputingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Search the space of a sweep file; resume a study that exists.",
    discussion: """
      Starts a coordinator and worker processes, and ends with a ranked table. Everything is kept in
      studies/<name>/; the same command on the same file goes on where it was stopped, whatever stopped it.
      Ctrl-C stops after a checkpoint of each run, a second Ctrl-C at once.

      EXAMPLES:
        hpsearch sweep configs/priors.json
        hpsearch sweep configs/priors.json --trials 80             # a larger budget, also later
        hpsearch sweep uci.json --data ~/datasets --workers 4
        hpsearch sweep priors.json --workers 0 --bind tcp://0.0.0.0:7777    # says which key workers need
        hpsearch sweep priors.json --format json | jq .best
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The sweep file (JSON).", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: ArgumentHelp("Worker processes on this machine (default: one for each core).", valueName: "N"))
  var workers: Int?

  @Option(
    help: ArgumentHelp("Also listen for workers of other machines here, e.g. tcp://10.0.0.5:7777.", valueName: "URL"))
  var bind: String?

  @Option(help: ArgumentHelp("The study's folder (default: studies/<name>).", valueName: "DIR"))
  var directory: String?

  @Option(help: ArgumentHelp("The study's name, instead of the one in the file.", valueName: "NAME"))
  var name: String?

  @Option(help: ArgumentHelp("The number of trials, instead of the one in the file.", valueName: "N"))
  var trials: Int?

  @Option(
    help: ArgumentHelp("Relative data paths start here, instead of from the sweep file's folder.", valueName: "DIR"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "BLAS threads of each local worker, and the members of an ensemble that it trains at a time (default: 1; of ensembles, "
        + "as many as the runs leave processors for).", valueName: "N"))
  var threads: Int?

  @Flag(help: "Let workers in without a key: anyone who reaches the port can take part, and read along.")
  var insecure = false

  @Option(help: "What is printed at the end on standard output.")
  var format = Format.text

  @Flag(name: .shortAndLong, help: "No progress display.")
  var quiet = false

  func validate() throws {
    if let workers, workers < 0 { throw ValidationError("--workers is \(workers); it must be 0 or more") }
    if let trials, trials < 1 { throw ValidationError("--trials is \(trials); it must be 1 or more") }
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be 1 or more") }
    if workers == 0 && bind == nil {
      throw ValidationError(
        "with --workers 0 nobody would work: add --bind tcp://HOST:PORT for workers of other machines")
    }
  }

  func run() throws {
    // A strategy that learns shares the processors with the local workers.
    BLAS.setThreads(1)
    let sweepFile = try SweepFile(path: file, dataDirectory: data)
    var configuration = sweepFile.configuration
    if let name {
      do {
        configuration = try configuration.named(name)
      } catch {
        throw fail("--name: \(error)", status: ExitCode.usage)
      }
    }
    if let trials { configuration.strategy.trials = trials }
    let access = try bind.map { try ListeningAddress($0) }
    do {
      try checkObjective(for: configuration, directory: sweepFile.directory)
    } catch {
      throw fail(error, status: ExitCode.usage)
    }
    let strategy: any SearchStrategy
    do {
      strategy = try makeStrategy(for: configuration)
    } catch {
      throw fail(error, status: ExitCode.usage)
    }
    let study = try OpenStudy(configuration: configuration, directory: directory)
    let service = SweepService(
      study: study, strategy: strategy, dataDirectory: sweepFile.directory, bind: access, isInsecure: insecure,
      workers: workerCount,
      threads: threads ?? configuration.defaultThreads(runs: runsAtATime(configuration, strategy)),
      console: Console(isQuiet: quiet))
    let ending: Coordinator.Ending
    do {
      ending = try service.run()
    } catch let code as ExitCode {
      throw code
    } catch {
      throw fail(error)
    }
    if ending == .interrupted {
      StandardError.write("Stopped. The same command goes on from here.\n")
      throw ExitCode.interrupted
    }
    try report(study)
  }

  private func runsAtATime(_ configuration: SweepConfiguration, _ strategy: any SearchStrategy) -> Int {
    let trials = min(configuration.strategy.trials ?? .max, strategy.size ?? .max, workerCount)
    return min(trials * configuration.plan.firstRunsPerTrial, workerCount)
  }

  private var workerCount: Int { workers ?? ProcessInfo.processInfo.activeProcessorCount }

  private func report(_ study: OpenStudy) throws {
    let trials: [TrialRecord]
    do {
      trials = try study.store.trials()
      try study.store.close()
    } catch {
      throw fail(error)
    }
    let report = SweepReport(
      configuration: study.configuration, trials: trials, study: study.reference, directory: study.directory.path)
    switch format {
    case .text:
      let terminal = Terminal.at(STDOUT_FILENO)
      StandardOutput.write(report.render(width: terminal.width, style: terminal.style))
    case .json:
      let document = try SweepDocument(study: study, selection: report.selection, trials: trials)
      StandardOutput.write(documentText(document.json))
    }
    if report.selection.best == nil { throw fail("no trial has a result") }
  }
}
