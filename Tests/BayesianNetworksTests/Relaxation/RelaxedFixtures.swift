import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors

/// Data with a known answer, and trainings of one discrete model each.
enum RelaxedFixtures {
  /// y = f(x) + noise for x ~ U(-width, width).
  static func curve(
    _ rows: Int, width: Double, noise: Double, seed: UInt64, _ f: (Double) -> Double
  ) -> Examples<Float> {
    let x = Vector<Double>.uniform(RandomKey(seed: seed), from: -width, to: width, count: rows).array
    let e = Vector<Double>.normal(RandomKey(seed: seed + 1000), count: rows).array
    return examples(x, columns: 1, zip(x, e).map { f($0) + noise * $1 })
  }

  /// y = x w + noise for standard normal features.
  static func linear(_ rows: Int, weights: [Double], noise: Double, seed: UInt64) -> Examples<Float> {
    let columns = weights.count
    let x = Vector<Double>.normal(RandomKey(seed: seed), count: rows * columns).array
    let e = Vector<Double>.normal(RandomKey(seed: seed + 1000), count: rows).array
    let y = (0..<rows).map { row in
      weights.indices.reduce(noise * e[row]) { $0 + x[row * columns + $1] * weights[$1] }
    }
    return examples(x, columns: columns, y)
  }

  private static func examples(_ x: [Double], columns: Int, _ y: [Double]) -> Examples<Float> {
    Examples(
      inputs: Matrix(x.map { Float($0) }, rows: y.count, columns: columns),
      targets: .values(Matrix(y.map { Float($0) }, rows: y.count, columns: 1)))
  }

  /// All selections.
  static func selections(_ problem: RelaxedVariationalProblem<Float>) -> [[Int]] {
    problem.choices.reduce([[]]) { lists, choice in
      lists.flatMap { list in choice.options.indices.map { list + [$0] } }
    }
  }

  /// Q of each selection after a training by itself.
  static func separate(_ problem: RelaxedVariationalProblem<Float>, steps: Int) -> [[Int]: Double] {
    let verification = RelaxedVerification(
      problem, FineTuningSettings(optimizer: Adam(learningRate: 0.02), steps: steps), draws: 4,
      key: RandomKey(seed: 60))
    return Dictionary(uniqueKeysWithValues: selections(problem).map { ($0, verification.value(of: $0)) })
  }

  /// A search to its end.
  static func search(
    _ problem: RelaxedVariationalProblem<Float>, _ settings: RelaxedSearchSettings, seed: UInt64
  ) throws -> RelaxedSearch<Float> {
    let search = try RelaxedSearch(problem, settings: settings, key: RandomKey(seed: seed))
    while !search.isFinished { try search.step() }
    return search
  }
}
