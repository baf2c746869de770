import ArgumentParser
import Foundation
import StudyModel
import StudyStore

struct Race: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The best trial so far of two strategies and Optuna on the same sweep file, over some seeds.",
    discussion: """
      Runs `hpsearch sweep` for every strategy and seed, each in a folder of its own, and with --python Optuna's TPE \
      (multivariate, group) on the same objective. Prints the median over the seeds of the best objective after so many \
      trials, as a table and, with --csv, every curve.

      EXAMPLES:
        hpsearch-bench race configs/priors-gp.json --trials 25 --against random --against-trials 100
        hpsearch-bench race configs/prior-families.json --against-trials 40 --python python3    # and Optuna's TPE
        hpsearch-bench race configs/uci.json --data DATA --strategy gaussian-process --trials 25
      """)

  @Argument(help: "The sweep file (JSON).")
  var file: String

  @Option(help: ArgumentHelp("A strategy instead of the file's own.", valueName: "KIND"))
  var strategy: SweepConfiguration.Strategy.Kind?

  @Option(help: "Trials of the first strategy (default: those in the file).")
  var trials: Int?

  @Option(help: "The other strategy.")
  var against = SweepConfiguration.Strategy.Kind.random

  @Option(help: "Trials of the other strategy.")
  var againstTrials = 100

  @Option(help: "Seeds of each.")
  var seeds = 5

  @Option(
    help: ArgumentHelp("Relative data paths start here, instead of from the sweep file's folder.", valueName: "DIR"))
  var data: String?

  @Option(help: "Worker processes of every sweep (default: one for each processor).")
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "A Python with optuna, whose TPE has as many trials as the other strategy.", valueName: "PROGRAM"))
  var python: String?

  @Option(help: ArgumentHelp("Write every curve to this file.", valueName: "FILE"))
  var csv: String?

  func validate() throws {
    try check(["seeds": seeds, "against-trials": againstTrials, "trials": trials ?? 1, "workers": workers ?? 1])
  }

  func run() throws {
    let sweep = try SweepFile(file, data: data)
    let configuration = sweep.configuration
    var runner = configuration
    if let strategy { runner.strategy.kind = strategy }
    if let trials { runner.strategy.trials = trials }
    var other = configuration
    other.strategy = SweepConfiguration.Strategy()
    other.strategy.kind = against
    other.strategy.trials = againstTrials
    let folder = NSTemporaryDirectory() + "hpsearch-bench-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var curves: [(strategy: String, seed: Int, best: [Double])] = []
    for configuration in [runner, other] {
      for seed in 0..<seeds {
        let best = try course(configuration, seed: seed, folder: folder, data: sweep.directory)
        curves.append((configuration.strategy.kind.rawValue, seed, best))
      }
    }
    if let python {
      for seed in 0..<seeds {
        other.seed = seed
        let evaluation = try TrialEvaluation(other, directory: sweep.directory)
        let best = try RacePeer(python: python).run(other, trials: againstTrials) {
          try evaluation.value(trial: $0, at: $1)
        }
        curves.append((RacePeer.name, seed, best))
      }
    }
    report(curves, metric: configuration.objective.metric)
    if let csv { try write(curves, to: csv) }
  }

  /// The best objective after each trial, in the order of the trials.
  private func course(
    _ sweep: SweepConfiguration, seed: Int, folder: String, data: String
  ) throws -> [Double] {
    var configuration = sweep
    configuration.seed = seed
    let name = "\(configuration.strategy.kind.rawValue)-\(seed)"
    configuration.name = name
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = "\(folder)/\(name).json"
    try Data(configuration.json.serialized().utf8).write(to: URL(fileURLWithPath: file))
    let study = StudyDirectory("\(folder)/\(name)")
    var arguments = ["sweep", file, "--directory", study.path, "--data", data, "--quiet"]
    if let workers { arguments += ["--workers", "\(workers)"] }
    let command = try Dispatch.start(arguments)
    command.waitUntilExit()
    guard command.terminationStatus == 0 else {
      throw ValidationError("hpsearch sweep ended with status \(command.terminationStatus)")
    }
    let objective = configuration.objective
    var best: [Double] = []
    for trial in try StudyReader(study).trials() {
      let last = best.last ?? (objective.goal == .maximize ? -Double.infinity : .infinity)
      let value = trial.metrics[objective.metric]?.mean ?? last
      best.append(objective.goal == .maximize ? max(last, value) : min(last, value))
    }
    return best
  }

  private func report(_ curves: [(strategy: String, seed: Int, best: [Double])], metric: String) {
    let longest = curves.map(\.best.count).max() ?? 0
    let places = [5, 10, 15, 20, 25, 40, 60, 80, 100, 200, 500].filter { $0 <= longest }
    print("best \(metric), median of \(seeds) seeds [lowest, highest], after so many trials")
    for (index, curve) in curves.enumerated() where !curves[..<index].contains(where: { $0.strategy == curve.strategy })
    {
      let strategy = curve.strategy
      let own = curves.filter { $0.strategy == strategy }
      for place in places {
        let values = own.compactMap { $0.best.count >= place ? $0.best[place - 1] : nil }.sorted()
        guard let low = values.first, let high = values.last else { continue }
        let text = [values.median, low, high].map { String(format: "%.5g", $0) }
        print("\(strategy) \(place) \(text[0]) [\(text[1]), \(text[2])]")
      }
    }
  }

  private func write(_ curves: [(strategy: String, seed: Int, best: [Double])], to path: String) throws {
    var text = "strategy,seed,trials,best\n"
    for curve in curves {
      for (trial, best) in curve.best.enumerated() { text += "\(curve.strategy),\(curve.seed),\(trial + 1),\(best)\n" }
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }
}

extension SweepConfiguration.Strategy.Kind: ExpressibleByArgument {}
