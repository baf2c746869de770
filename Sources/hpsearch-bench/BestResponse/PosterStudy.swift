import BayesianNetworks
import Foundation
import Tensors

/// The poster's study of ten L2 weights, one for the weights of each class, in [-3, 3]: 50,000 training images, 10,000
/// validation images, and the true loss at the point that a search predicts to be the best.
///
/// The true loss is that of weights trained from scratch as the poster's. Hypernetworks choose among 10,215 random
/// points as there, and once more in the whole box.
struct PosterStudy {
  static let evaluations = [10, 25, 100, 250, 1000]
  static let range = -3.0...3.0
  private static let candidates = 10_215

  /// The poster's column; its best possible is 0.593.
  private static let printed: [(name: String, losses: [Double])] = [
    ("Gaussian process", [0.90, 0.67, 0.60, 0.60, 0.62]),
    ("fixed hypernetwork", [0.65, 0.60, 0.59, 0.59, 0.59]),
    ("stochastic hypernetwork", [0.60, 0.61, 0.59, 0.59, 0.59]),
  ]

  private let seeds: Int
  private let trials: Int
  private let problem: PosterProblem
  private let errors: ValidationErrors
  private let scratch: ScratchTraining
  private let truth: TrueLosses

  /// - Parameter trials: Of each search of a Gaussian process.
  init(data: String?, seeds: Int, trials: Int) throws {
    (self.seeds, self.trials) = (seeds, trials)
    let images = try PosterImages(folder: data, images: 60_000)
    problem = PosterProblem(
      training: images.examples(0..<50_000), validation: images.examples(50_000..<60_000), penalty: .byOutput,
      initialScale: 1e-5)
    errors = ValidationErrors(problem.validation)
    scratch = ScratchTraining(problem, key: RandomKey(seed: 1))
    truth = TrueLosses(scratch, errors, in: Self.range, values: 49)
  }

  func run() throws {
    let best = (0..<seeds).map { seed in Self.points(seed).map { truth[$0] }.min() ?? .nan }
    print(
      "best possible: of \(Self.candidates) random points \(Self.summary(best)) (poster 0.593), "
        + "in the box \(Self.number(truth.least))")
    let checked = Self.points(seeds, 3)
    let trained = errors.totals(checked.map { scratch.weights(at: $0) })
    let gap = zip(checked, trained).map { abs(truth[$0] - $1) }.max() ?? .nan
    print(String(format: "true losses come from a table; three trainings are within %.4f of it", gap))
    print("true loss at the predicted best after so many evaluations, mean +- standard error over \(seeds) seeds")
    printRow("", Self.evaluations.map(String.init))
    for (name, losses) in Self.printed { printRow("poster: " + name, losses.map { String(format: "%.2f", $0) }) }
    let gaussianProcess = WeightSearch(truth: truth)
    printRow(
      "Gaussian process, random tuples",
      try summaries { seed, evaluations in
        try gaussianProcess.proposal(after: Self.points(seed, evaluations), seed: seed)
      })
    let courses = try (0..<seeds).map { try gaussianProcess.course(trials: trials, seed: $0) }
    printRow(
      "Gaussian process, its own search",
      summaries { seed, evaluations in evaluations <= courses[seed].count ? courses[seed][evaluations - 1] : nil })
    for (name, kind) in [("fixed", HyperparameterTuples.fixed), ("stochastic", .stochastic)] {
      var chosen: [[WeightResponse.Choice]] = []
      for evaluations in Self.evaluations {
        chosen.append(
          try (0..<seeds).map { seed in
            try WeightResponse(problem, errors).choice(
              kind, evaluations: evaluations, among: Self.points(seed), seed: seed)
          })
      }
      printRow("\(name) hypernetwork", chosen.map { Self.summary($0.map { truth[$0.candidate] }) })
      printRow("\(name) hypernetwork, in the box", chosen.map { Self.summary($0.map { truth[$0.inBox] }) })
      printRow("  seconds of a training", chosen.map { String(format: "%.1f", $0.map(\.seconds).median) })
    }
  }

  /// Uniform in the box; the first ones are a Gaussian process's tuples.
  private static func points(_ seed: Int, _ count: Int = candidates) -> [[Double]] {
    let key = RandomKey(seed: 2).folded(seed)
    let numbers = Vector<Double>.uniform(
      key, from: range.lowerBound, to: range.upperBound, count: candidates * PosterProblem.outputs
    ).array
    return (0..<count).map { Array(numbers[PosterProblem.outputs * $0..<PosterProblem.outputs * ($0 + 1)]) }
  }

  // MARK: The table

  private func summaries(_ loss: (_ seed: Int, _ evaluations: Int) throws -> Double?) rethrows -> [String] {
    try Self.evaluations.map { evaluations in
      let losses = try (0..<seeds).compactMap { try loss($0, evaluations) }
      return losses.isEmpty ? "-" : Self.summary(losses)
    }
  }

  private func printRow(_ name: String, _ cells: [String]) {
    let row = zip([name] + cells, [36] + cells.map { _ in 16 }).map { text, width in
      text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }
    print(row.joined())
  }

  private static func number(_ value: Double) -> String { String(format: "%.3f", value) }

  /// The mean and its standard error.
  private static func summary(_ values: [Double]) -> String {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    guard values.count > 1 else { return number(mean) }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return "\(number(mean)) +- \(number((variance / count).squareRoot()))"
  }
}
