import ArgumentParser
import Foundation
import StudyModel
import StudyStore

struct Dispatch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trials per second of an objective that does nothing: coordinator, workers, store, all real.",
    discussion: """
      Runs `hpsearch sweep` on a `noop` objective with four float parameters, in a folder of its own, and divides the
      trials by the wall-clock time from the first event in the store to the last, and by that of the whole command.
      With --readers every round is run twice, alone and beside two processes that ask for the status once a second and
      one reader that holds the store open the whole time; the ratio is printed.

      EXAMPLES:
        hpsearch-bench dispatch --trials 10000 --workers 2
        hpsearch-bench dispatch --readers --optuna python3
      """)

  @Option(help: "Trials of one round.")
  var trials = 10_000

  @Option(help: "Worker processes.")
  var workers = 2

  @Option(help: "Rounds; the median counts.")
  var rounds = 3

  @Flag(help: "Measure with and without readers of the store.")
  var readers = false

  @Option(help: ArgumentHelp("Also measure Optuna, with this Python that has it.", valueName: "PYTHON"))
  var optuna: String?

  @Option(help: "Folder for the studies (default: a temporary one).")
  var directory: String?

  func validate() throws {
    try check(["trials": trials, "workers": workers, "rounds": rounds])
  }

  func run() throws {
    let folder = directory ?? NSTemporaryDirectory() + "hpsearch-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { if directory == nil { try? FileManager.default.removeItem(atPath: folder) } }
    var alone: [Rate] = []
    var watched: [Rate] = []
    for round in 0..<rounds {
      alone.append(try measure(in: "\(folder)/alone-\(round)", readers: false))
      if readers { watched.append(try measure(in: "\(folder)/watched-\(round)", readers: true)) }
    }
    let setting = "dispatch trials=\(trials) workers=\(workers) durable"
    print(
      "\(setting): \(Self.text(alone.median(\.steady))) trials/s (whole command \(Self.text(alone.median(\.whole))))")
    if let optuna {
      // Fewer trials: it is far slower, and its rate hardly depends on their number.
      let peer = OptunaPeer(python: optuna)
      let rates = try peer.measure(trials: max(200, trials / 10), workers: workers, in: "\(folder)/optuna")
      if rates.isEmpty { throw ValidationError("\(optuna) did not run Optuna; is it installed there?") }
      for rate in rates {
        let ratio = alone.median(\.whole) / rate.trialsPerSecond
        print(
          "Optuna \(rate.storage), \(workers) processes: \(Self.text(rate.trialsPerSecond)) trials/s; "
            + "whole command / Optuna: \(Self.text(ratio))")
      }
    }
    if readers {
      print("\(setting) with readers: \(Self.text(watched.median(\.steady))) trials/s")
      let ratio = watched.median(\.steady) / alone.median(\.steady)
      print("with readers / without: \(String(format: "%.3f", ratio))")
    }
  }

  fileprivate struct Rate {
    var steady: Double
    var whole: Double
  }

  private func measure(in folder: String, readers: Bool) throws -> Rate {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let file = "\(folder)/noop.json"
    let sweep = """
      {"name": "noop", "space": {"x0": {"range": [-1, 1]}, "x1": {"range": [-1, 1]}, "x2": {"range": [-1, 1]},
       "x3": {"range": [-1, 1]}}, "strategy": {"kind": "random", "trials": \(trials)}, "objective": {"function": "noop"}}
      """
    try Data(sweep.utf8).write(to: URL(fileURLWithPath: file))
    let study = StudyDirectory("\(folder)/study")
    let start = ContinuousClock.now
    let command = try Self.start(
      ["sweep", file, "--workers", "\(workers)", "--directory", study.path, "--quiet"])
    let watchers = readers ? Readers(study: study) : nil
    command.waitUntilExit()
    let whole = ContinuousClock.now - start
    watchers?.stop()
    guard command.terminationStatus == 0 else {
      throw ValidationError("hpsearch sweep ended with status \(command.terminationStatus)")
    }
    let reader = try StudyReader(study)
    var times: [Double] = []
    try reader.forEachEvent(after: 0) { event throws(StoreError) in times.append(event.at) }
    let summary = try reader.summary()
    guard summary.trials[.done] == trials, let first = times.first, let last = times.last else {
      throw ValidationError("\(summary.trials[.done] ?? 0) of \(trials) trials are done")
    }
    let seconds = Double(whole.components.seconds) + Double(whole.components.attoseconds) * 1e-18
    return Rate(steady: Double(trials) / (last - first), whole: Double(trials) / seconds)
  }

  /// The hpsearch beside this program.
  static func start(_ arguments: [String]) throws -> Process {
    let program = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
      .deletingLastPathComponent().appendingPathComponent("hpsearch")
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }

  private static func text(_ value: Double) -> String { String(format: "%.0f", value) }
}

extension [Dispatch.Rate] {
  fileprivate func median(_ value: (Dispatch.Rate) -> Double) -> Double {
    map(value).median
  }
}
