import ArgumentParser
import Foundation
import Tensors

struct ManyHyperparameters: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hyperparameters",
    abstract: "Time the steps of a search for as many hyperparameters as weights beside plain training.",
    discussion: """
      A prior scale for each weight of 784-10 (7,850) and of 784-400-400-10 (478,410), random inputs. A plain step is one of \
      Adam at fixed scales. Implicit gradients: everything that a step of the hyperparameters takes, its training steps \
      included, divided by their number. Hypernetwork: a step of the response, a step of the hyperparameters, and the mean \
      over the turns of both; the scales pass through a learned embedding. All take turns, and medians are printed, with \
      their ratios to the plain step. The peak memory is that of a process for each.

      EXAMPLES:
        hpsearch-bench hyperparameters
        hpsearch-bench hyperparameters --units 10 --draws 4
      """)

  @Option(help: "Examples of a minibatch.")
  var batch = 128

  @Option(help: "Units of the embedding.")
  var units = 10

  @Option(help: "Perturbations of a step, which share the minibatch between them.")
  var draws = 1

  @Option(help: "Training steps for each step of the implicit gradients.")
  var trainingSteps = 100

  @Option(help: "Terms of the Neumann series for each step of the implicit gradients.")
  var terms = 20

  @Option(help: "Rounds, in which all take turns.")
  var rounds = 11

  @Option(help: ArgumentHelp("Run this alone, and print the peak memory.", visibility: .hidden))
  var only: HyperparameterWorkload.Kind?

  @Option(help: ArgumentHelp("The units of each of two hidden layers; 0 for none.", visibility: .hidden))
  var hidden = 0

  func validate() throws {
    try check([
      "batch": batch, "units": units, "draws": draws, "training-steps": trainingSteps, "terms": terms, "rounds": rounds,
    ])
    if draws > batch { throw ValidationError("--draws must be at most the \(batch) of --batch, got \(draws)") }
  }

  func run() throws {
    BLAS.setThreads(1)
    if let only {
      let workload = HyperparameterWorkload(self, hidden: hidden)
      _ = try workload.runner(only)()
      print(PeakMemory.bytes)
      return
    }
    let (kinds, sizes) = (HyperparameterWorkload.Kind.allCases, [0, 400])
    // First: a process inherits the peak of the one that starts it.
    let peaks = try sizes.map { hidden in try kinds.map { try peak($0, hidden) } }
    print("hyperparameters  step                            ms  of plain  peak MB")
    for (hidden, peaks) in zip(sizes, peaks) { try compare(HyperparameterWorkload(self, hidden: hidden), kinds, peaks) }
  }

  private func compare(
    _ workload: HyperparameterWorkload, _ kinds: [HyperparameterWorkload.Kind], _ peaks: [String]
  ) throws {
    let runners = try kinds.map { try workload.runner($0) }
    var times: [String: [Double]] = [:]
    for round in 0...rounds {
      for runner in runners {
        // The first round meets cold memory.
        for (name, milliseconds) in try runner() where round > 0 { times[name, default: []].append(milliseconds) }
      }
    }
    let plain = times["plain"]?.median ?? .nan
    for (kind, peak) in zip(kinds, peaks) {
      for (index, name) in kind.steps.enumerated() {
        let median = times[name]?.median ?? .nan
        let cells = [
          "\(workload.count)".leftPadded(15), name.padding(toLength: 24, withPad: " ", startingAt: 0),
          String(format: "%8.3f", median), String(format: "%8.2f", median / plain),
          index == 0 ? peak.leftPadded(7) : "",
        ]
        print(cells.joined(separator: "  "))
      }
    }
  }

  /// Of a process of its own, in megabytes.
  private func peak(_ kind: HyperparameterWorkload.Kind, _ hidden: Int) throws -> String {
    let output = try RunningCommand([
      "hyperparameters", "--only", kind.rawValue, "--hidden", "\(hidden)", "--batch", "\(batch)", "--units", "\(units)",
      "--draws", "\(draws)", "--training-steps", "\(trainingSteps)", "--terms", "\(terms)",
    ]).finish()
    guard let bytes = Double(output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw ValidationError("a process printed no peak memory: \(output)")
    }
    return String(format: "%.0f", bytes / 1e6)
  }
}

extension String {
  fileprivate func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
