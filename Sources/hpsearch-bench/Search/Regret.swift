import ArgumentParser
import Foundation
import SearchStrategies
import StudyModel
import Tensors

struct Regret: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How close Bayesian optimisation comes to known minima, beside Optuna and BoTorch.",
    discussion: """
      Prints the median over the seeds of the simple regret (best value minus minimum), with the quartiles.

      EXAMPLES:
        hpsearch-bench regret
        hpsearch-bench regret --python python3            # Optuna's GPSampler and BoTorch's log-EI in the same go
        hpsearch-bench regret --functions hartmann6 --workers 4
      """)

  @Option(parsing: .upToNextOption, help: "branin, hartmann6, levy4, ackley5, rosenbrock4, branches (default: all).")
  var functions: [SearchProblem] = SearchProblem.allCases

  @Option(help: "Searches of each function.")
  var seeds = 10

  @Option(help: "Trials of each search.")
  var trials = 60

  @Option(help: "Trials at a time.")
  var workers = 1

  @Option(help: ArgumentHelp("A Python with optuna and botorch, for the other side.", valueName: "PROGRAM"))
  var python: String?

  func validate() throws {
    try check(["seeds": seeds, "trials": trials, "workers": workers])
  }

  func run() throws {
    BLAS.setThreads(1)
    for function in functions {
      var ours: [Double] = []
      for (name, kind) in [("hpsearch", SweepConfiguration.Strategy.Kind.gaussianProcess), ("random", .random)] {
        let (regrets, seconds) = try search(function, kind)
        if name == "hpsearch" { ours = regrets }
        let ask = seconds.reduce(0, +) / Double(max(1, seconds.count))
        let ratio = regrets.median / ours.median
        print(
          "\(function.rawValue) \(name) \(Self.text(regrets))  ratio \(Self.number(ratio))  "
            + "\(String(format: "%.1f", ask * 1000)) ms/ask")
      }
      guard let python else { continue }
      for peer in function.peers {
        let theirs = try RegretPeer(python: python, framework: peer).run(function, seeds: seeds, trials: trials)
        let ratio = theirs.median / ours.median
        print("\(function.rawValue) \(peer) \(Self.text(theirs))  ratio \(Self.number(ratio))")
      }
    }
  }

  /// The regret of every seed, and the seconds of every ask.
  private func search(
    _ function: SearchProblem, _ kind: SweepConfiguration.Strategy.Kind
  ) throws -> (regrets: [Double], seconds: [Double]) {
    var (regrets, seconds) = ([Double](), [Double]())
    for seed in 0..<seeds {
      var configuration = SearchSimulation.configuration(function.space, trials: trials, seed: seed)
      configuration.strategy.kind = kind
      var strategy = try makeStrategy(for: configuration)
      let simulation = SearchSimulation(space: function.space, trials: trials, workers: workers)
      let course = try simulation.run(&strategy) { function.regret(at: $0) }
      regrets.append(course.best.last ?? .nan)
      seconds += course.seconds
    }
    return (regrets, seconds)
  }

  private static func number(_ value: Double) -> String { String(format: "%.3g", value) }

  private static func text(_ regrets: [Double]) -> String {
    let numbers = [0.5, 0.25, 0.75].map { number(regrets.quantile($0)) }
    return "regret \(numbers[0]) [\(numbers[1]), \(numbers[2])]"
  }
}
