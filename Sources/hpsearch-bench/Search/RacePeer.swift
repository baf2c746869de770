import ArgumentParser
import Foundation
import StudyModel

/// Optuna's tree-structured Parzen estimator (`multivariate`, `group`: its way with conditional spaces) on the space of a
/// sweep file. It chooses the points, and this process evaluates them.
struct RacePeer {
  static let name = "optuna-tpe"

  let python: String

  /// The best value after each trial.
  ///
  /// - Parameter value: The objective of a trial; nil where it fails.
  func run(
    _ configuration: SweepConfiguration, trials: Int, value: (_ trial: Int, _ point: Point) throws -> Double?
  ) throws -> [Double] {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let goal = configuration.objective.goal
    process.arguments = [
      python, "-c", Self.script, JSONValue.object(configuration.space.json).serialized(), "\(configuration.seed)",
      "\(trials)", goal.rawValue,
    ]
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    var lines = LineReader(output.fileHandleForReading)
    var best: [Double] = []
    while best.count < trials, let line = lines.next() {
      guard let values = try JSONValue(parsing: line).object else { break }
      let found = try value(best.count, Point(values))
      let last = best.last ?? (goal == .maximize ? -Double.infinity : .infinity)
      best.append(goal == .maximize ? max(last, found ?? last) : min(last, found ?? last))
      try input.fileHandleForWriting.write(contentsOf: Data("\(found.map { "\($0)" } ?? "failed")\n".utf8))
    }
    guard best.count == trials else {
      throw ValidationError("\(python) made \(best.count) of \(trials) trials; is optuna installed there?")
    }
    return best
  }

  private static let script = """
    import json, sys, warnings
    warnings.filterwarnings("ignore")
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space, seed, trials, goal = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

    def suggest(trial, name, domain):
        if "values" in domain:
            return trial.suggest_categorical(name, domain["values"])
        low, high = domain["range"]
        kind = trial.suggest_int if domain.get("type") == "integer" else trial.suggest_float
        return kind(name, low, high, log=domain.get("scale") == "log")

    def is_active(domain, point):
        for name, wanted in domain.get("when", {}).items():
            wanted = wanted if isinstance(wanted, list) else [wanted]
            if point.get(name) not in wanted:
                return False
        return True

    def objective(trial):
        point = {}
        for name, domain in space.items():
            if is_active(domain, point):
                point[name] = suggest(trial, name, domain)
        print(json.dumps(point), flush=True)
        answer = sys.stdin.readline().strip()
        if answer == "failed":
            raise optuna.TrialPruned()
        return float(answer)

    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True)
    optuna.create_study(sampler=sampler, direction=goal).optimize(objective, n_trials=trials)
    """
}

/// Lines as they come.
private struct LineReader: IteratorProtocol {
  private let file: FileHandle
  private var rest = Data()

  init(_ file: FileHandle) { self.file = file }

  mutating func next() -> String? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        return line
      }
      let more = file.availableData
      if more.isEmpty { return nil }
      rest += more
    }
  }
}
