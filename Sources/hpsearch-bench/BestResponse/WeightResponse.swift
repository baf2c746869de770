import BayesianNetworks
import Foundation
import Tensors

/// Which hyperparameters a hypernetwork of the study sees.
enum HyperparameterTuples {
  /// As many as there are evaluations, the same ones all the time.
  case fixed
  /// New ones in each step.
  case stochastic
}

/// A linear hypernetwork, as in the poster's study, trained as long as some evaluations allow, and what it takes for
/// the best.
///
/// The poster makes 500 steps on all tuples at once, which is 500 gradients for each evaluation where a training from
/// scratch takes 1000. Here a step sees four tuples, and there are 500 gradients for each evaluation up to 16,000.
struct WeightResponse {
  struct Choice {
    /// The best of some points by the hypernetwork.
    var candidate: [Double]
    /// The end of a descent from there.
    var inBox: [Double]
    /// Of the training.
    var seconds: Double
  }

  private static let gradients = 500
  private static let draws = 4
  private static let mostGradients = 16_000

  private let problem: PosterProblem
  private let errors: ValidationErrors

  init(_ problem: PosterProblem, _ errors: ValidationErrors) { (self.problem, self.errors) = (problem, errors) }

  func choice(
    _ tuples: HyperparameterTuples, evaluations: Int, among points: [[Double]], seed: Int
  ) throws -> Choice {
    let count = problem.hyperparameterCount
    let box = try HyperparameterBox(
      lower: Array(repeating: PosterStudy.range.lowerBound, count: count),
      upper: Array(repeating: PosterStudy.range.upperBound, count: count))
    let steps = min(Self.mostGradients, Self.gradients * evaluations) / Self.draws
    let response = LinearResponse<Float>(weights: problem.weightCount, hyperparameters: count)
    let distribution: HyperparameterDistribution =
      switch tuples {
      case .fixed: .points(Array(points.prefix(evaluations)))
      case .stochastic: .uniform(box)
      }
    let start = ContinuousClock.now
    let trainer = try ResponseTrainer(
      problem, response, method: GlobalHypernetwork(distribution, draws: Self.draws),
      settings: ResponseSettings(
        optimizer: Adam(learningRate: 1e-3), schedule: .cosine(steps: steps), batchSize: 100),
      key: RandomKey(seed: 3).folded(seed))
    for _ in 0..<steps { try trainer.step() }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let surface = ResponseSurface(
      problem, members: [.init(response, trainer.state)], blockRows: 2000, key: RandomKey(seed: 4))
    let candidate = best(surface, points)
    let inBox = surface.optimum(
      in: box, from: [candidate], randomStarts: 0, steps: 40, key: RandomKey(seed: 5).folded(seed))
    return Choice(candidate: candidate, inBox: inBox.hyperparameters, seconds: seconds)
  }

  private func best(_ surface: ResponseSurface<Float>, _ points: [[Double]]) -> [Double] {
    let block = 64
    var best = (point: [Double](), loss: Double.infinity)
    for start in stride(from: 0, to: points.count, by: block) {
      let part = points[start..<min(start + block, points.count)]
      for (point, loss) in zip(part, errors.totals(part.map { surface.weights(at: $0) })) where loss < best.loss {
        best = (point, loss)
      }
    }
    return best.point
  }
}
