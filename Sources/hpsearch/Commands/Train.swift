import ArgumentParser
import Foundation
import Objectives
import Reports
import StudyModel
import Tensors

struct Train: ComputingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train the network of one configuration, and save its posterior.",
    discussion: """
      Takes the values that stand in the sections of a sweep file; its space and strategy do not matter. Trains on the \
      first fold of the split, prints the metrics, and writes a safetensors file that stands alone: network, posterior \
      and the statistics of the data. hpsearch predict reads it, and so does Python.

      Ctrl-C stops after a checkpoint beside the output (OUTPUT.checkpoint); the same command with --resume goes on \
      from there and ends with the same numbers. A second Ctrl-C stops at once.

      EXAMPLES:
        hpsearch best priors --format json | jq .configuration > winner.json
        hpsearch train winner.json                                  # writes priors-best.safetensors
        hpsearch train winner.json --all-data --output model.safetensors
        hpsearch train winner.json --resume                         # after Ctrl-C
        hpsearch train winner.json --format json --quiet | jq .metrics.lppd
        hpsearch predict model.safetensors new.csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The sweep file (JSON).", completion: .file(extensions: ["json"]))
  var file: String

  @Option(
    help: ArgumentHelp("Where the posterior goes (default: <name>.safetensors in this folder).", valueName: "FILE"))
  var output: String?

  @Option(help: ArgumentHelp("The seed, instead of the one in the file.", valueName: "N"))
  var seed: Int?

  @Option(help: ArgumentHelp("The fold of the split that is validated on, from 0.", valueName: "N"))
  var fold: Int?

  @Flag(help: "Train on all rows; the metrics of the validation are then those of the training data.")
  var allData = false

  @Option(
    help: ArgumentHelp("Relative data paths start here, instead of from the sweep file's folder.", valueName: "DIR"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "BLAS threads (default: 1). Of an ensemble, the members that are trained at a time (default: one for each processor).",
      valueName: "N"))
  var threads: Int?

  @Option(help: "What is printed at the end on standard output.")
  var format = Format.text

  @Flag(name: .shortAndLong, help: "No progress.")
  var quiet = false

  @Flag(help: "Go on from the checkpoint of a training that was stopped; without one, begin.")
  var resume = false

  @Flag(help: "Overwrite the output, and a checkpoint, that is there.")
  var force = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be 1 or more") }
    if allData, fold != nil { throw ValidationError("with --all-data there are no folds: leave --fold out") }
    if let fold, fold < 0 { throw ValidationError("--fold is \(fold); folds count from 0") }
    if resume, force { throw ValidationError("--resume goes on and --force begins anew: give one of them") }
  }

  func run() throws {
    StopSignal.watch()
    let file = try SweepFile(path: file, dataDirectory: data, for: .training)
    let configuration = try chosen(file.configuration)
    let threads = threads ?? configuration.defaultThreads(runs: 1)
    BLAS.setThreads(threads)
    let posterior = OutputFile(output ?? "\(configuration.name).safetensors")
    let checkpoint = OutputFile("\(posterior.path).checkpoint")
    try checkOutput(posterior)
    try stopIfAsked(checkpoint)
    do {
      try checkObjective(for: configuration, directory: file.directory)
    } catch {
      throw fail(error, status: ExitCode.usage)
    }
    let state = try state(in: checkpoint, for: configuration)
    let trained = try train(configuration, from: state, directory: file.directory, threads: threads, checkpoint)
    do {
      try posterior.write(trained.file)
    } catch {
      throw fail(error)
    }
    checkpoint.remove()
    show(trained, configuration, posterior.path)
  }

  /// The configuration with what the options change in it.
  private func chosen(_ file: SweepConfiguration) throws -> SweepConfiguration {
    var configuration = file
    if let seed { configuration.seed = seed }
    if allData {
      configuration.data?.split = DataConfiguration.Split()
      configuration.data?.split.kind = .none
    }
    let folds = configuration.plan.folds
    if let fold, fold >= folds {
      throw fail(
        "--fold is \(fold); the split has \(folds == 1 ? "one fold, 0" : "the folds 0 to \(folds - 1)")",
        status: ExitCode.usage)
    }
    return configuration
  }

  private func checkOutput(_ file: OutputFile) throws {
    if !force, file.exists {
      throw fail("\(file.path) exists; --force overwrites it, --output names another", status: ExitCode.usage)
    }
    do {
      try file.checkFolder()
    } catch {
      throw fail(error)
    }
  }

  /// The state that the training goes on from, if it does.
  private func state(in checkpoint: OutputFile, for configuration: SweepConfiguration) throws -> [UInt8]? {
    let path = checkpoint.path
    guard checkpoint.exists else {
      if resume { StandardError.write("There is no \(path); the training begins.\n") }
      return nil
    }
    if force {
      checkpoint.remove()
      return nil
    }
    guard resume else {
      throw fail(
        "\(path) holds a training that was stopped; --resume goes on with it, --force begins anew",
        status: ExitCode.usage)
    }
    let saved: TrainedNetworkCheckpoint
    do {
      saved = try TrainedNetworkCheckpoint(decoding: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    } catch {
      throw fail("\(path): \(error is CocoaError ? error.reasonText : "\(error)"); --force begins anew")
    }
    var differences = configuration.differences(from: saved.configuration)
    if saved.fold != fold ?? 0 { differences.append("--fold: \(saved.fold) in the study, \(fold ?? 0) now") }
    guard differences.isEmpty else {
      let list = differences.map { "  " + $0.replacingOccurrences(of: "in the study", with: "in the checkpoint") }
      throw fail(
        "\(path) is of a training with another configuration:\n\(list.joined(separator: "\n"))\n--force begins anew",
        status: ExitCode.usage)
    }
    return saved.state
  }

  private func train(
    _ configuration: SweepConfiguration, from state: [UInt8]?, directory: String, threads: Int,
    _ checkpoint: OutputFile
  ) throws -> TrainedNetwork {
    let fold = fold ?? 0
    let context = TrainingContext(configuration, fold: fold, checkpointFile: checkpoint, isQuiet: quiet)
    let run = RunID(trial: 0, index: fold * configuration.plan.seeds)
    let assignment = RunAssignment(
      attempt: Attempt(run: run, number: 1), fold: fold, seed: 0, point: Point(), configuration: configuration,
      checkpoint: state)
    try stopIfAsked(checkpoint)
    do {
      return try trainNetwork(assignment, directory: directory, threads: threads, context: context)
    } catch is RunInterrupted {
      if let problem = context.problem { throw fail("stopped without a checkpoint: \(problem)") }
      throw stopped(checkpoint)
    } catch {
      let kept = checkpoint.exists ? "\nThe last good checkpoint is in \(checkpoint.path)" : ""
      throw fail("\(error)\(kept)")
    }
  }

  /// Before the training looks at it by itself.
  private func stopIfAsked(_ checkpoint: OutputFile) throws {
    if StopSignal.isRaised { throw stopped(checkpoint) }
  }

  private func stopped(_ checkpoint: OutputFile) -> ExitCode {
    StandardError.write(
      checkpoint.exists
        ? "Stopped. The same command with --resume goes on from \(checkpoint.path).\n"
        : "Stopped before the first step; there is nothing to go on from.\n")
    return .interrupted
  }

  private func show(_ trained: TrainedNetwork, _ configuration: SweepConfiguration, _ path: String) {
    let metrics = trained.metrics.sorted { $0.key < $1.key }
    switch format {
    case .text:
      let width = metrics.map(\.key.count).max() ?? 0
      for (name, value) in metrics {
        let space = String(repeating: " ", count: width - name.count)
        StandardOutput.write("\(name)\(space)  \(text(of: value, digits: 6))\n")
      }
      if !quiet { StandardError.write("The posterior is in \(path)\n") }
    case .json:
      let document: JSONValue = [
        "name": .string(configuration.name), "file": .string(path), "fold": .integer(fold ?? 0),
        "seed": .integer(configuration.seed),
        "metrics": .object(JSONObject(metrics.map { .init($0.key, $0.value.isFinite ? .number($0.value) : .null) })),
        "configuration": configuration.trainingJSON,
      ]
      StandardOutput.write(documentText(document))
    }
  }
}
