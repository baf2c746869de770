import BayesianNetworks
import Foundation
import Tensors
import Testing

/// Hypernetworks of small networks against trainings from scratch: Q of one example.
@Suite struct PointEstimateResponseTests {
  typealias Problem = PointEstimateProblem<Float>

  private static func problem(
    hidden: Int, rows: Int, noise: Double, dropout: Double = 0, prior: Problem.PriorFamily,
    tuning: Set<Problem.Tunable> = []
  ) -> Problem {
    Problem(
      Network(inputs: 3, hidden: [hidden], outputs: 1, activation: .tanh, dropout: dropout), .gaussian(scale: noise),
      prior: prior, tuning: tuning, training: smoothExamples(rows: rows, noise: noise, seed: 1),
      validation: smoothExamples(rows: 400, noise: noise, seed: 2))
  }

  private static func oneTraining(_ problem: Problem) -> FineTuning<Float> {
    FineTuning(
      problem, FineTuningSettings(optimizer: Adam(learningRate: 0.02), steps: 4000, batchSize: problem.training.count),
      key: RandomKey(seed: 7))
  }

  private static func weights(_ problem: Problem, start: UInt64, at point: [Double]) -> Vector<Float> {
    oneTraining(problem).tuned(problem.initialWeights(key: RandomKey(seed: start)), at: point)
  }

  private static func quality(_ problem: Problem, _ weights: Vector<Float>, at point: [Double]) -> Double {
    oneTraining(problem).value(weights, at: point) / Double(problem.validation.count)
  }

  /// The mean over trainings from two starts.
  private static func fromScratch(_ problem: Problem, at point: [Double]) -> Double {
    let starts: [UInt64] = [5, 6]
    return starts.map { quality(problem, weights(problem, start: $0, at: point), at: point) }.reduce(0, +) / 2
  }

  private static func surface(_ trainer: ResponseTrainer<Float>) -> ResponseSurface<Float> {
    ResponseSurface(trainer.problem, members: [.init(trainer.response, trainer.state)], key: RandomKey(seed: 0))
  }

  /// Q of the hypernetwork is that of trainings from scratch at all points, far nearer than that of weights that do not
  /// respond.
  private static func check(
    _ problem: Problem, _ surface: ResponseSurface<Float>, without weights: Vector<Float>, at points: [Double],
    tolerance: Double, factor: Double
  ) {
    var (errors, others) = (0.0, 0.0)
    for point in points.map({ [$0] }) {
      let expected = fromScratch(problem, at: point)
      let found = surface.value(at: point).value / Double(problem.validation.count)
      #expect(abs(found - expected) < tolerance, "\(found) and \(expected) at \(point)")
      errors += abs(found - expected)
      others += abs(quality(problem, weights, at: point) - expected)
    }
    #expect(factor * errors < others, "\(errors) with and \(others) without the response")
  }

  private static func trained(
    _ problem: Problem, _ gate: StructuredResponse<Float>.Gate, _ box: HyperparameterBox
  ) throws -> ResponseTrainer<Float> {
    let trainer = try ResponseTrainer(
      problem, StructuredResponse(problem, gate: gate), method: GlobalHypernetwork(.uniform(box), draws: 4),
      settings: ResponseSettings(
        optimizer: Adam(learningRate: 0.02), schedule: .cosine(steps: 8000), batchSize: problem.training.count),
      key: RandomKey(seed: 8))
    for _ in 0..<8000 { try trainer.step() }
    return trainer
  }

  /// Rates from 0.05 to 0.73.
  @Test func responseToTheDropoutRateIsThatOfTrainings() throws {
    let problem = Self.problem(
      hidden: 16, rows: 100, noise: 0.3, dropout: 0.2, prior: .fixed(GaussianPrior(scale: 0.5)), tuning: [.dropout])
    let box = try HyperparameterBox(lower: [-3], upper: [1])
    let surface = Self.surface(try Self.trained(problem, .linear, box))
    let middle = Self.weights(problem, start: 5, at: box.center)
    Self.check(problem, surface, without: middle, at: [-3, -1, 1], tolerance: 0.15, factor: 5)
  }

  @Test func responseToThePriorScaleIsThatOfTrainings() throws {
    let problem = Self.problem(hidden: 8, rows: 40, noise: 0.5, prior: .gaussian(.global))
    let box = try HyperparameterBox(lower: [-2], upper: [0.5])
    let surface = Self.surface(try Self.trained(problem, .sigmoid, box))
    let middle = Self.weights(problem, start: 5, at: box.center)
    Self.check(problem, surface, without: middle, at: [-2, -0.75, 0.1], tolerance: 0.12, factor: 5)
  }

  /// From a scale that is far too small to one that is as good as the best of a grid, and the response around it.
  @Test func selfTuningFindsThePriorScale() throws {
    let problem = Self.problem(hidden: 8, rows: 40, noise: 0.5, prior: .gaussian(.global))
    let box = try HyperparameterBox(lower: [-2], upper: [0.5])
    var search = HyperparameterSearch(start: [-1.7], box: box, optimizer: Adam(learningRate: 0.01), scale: [0.2])
    search.warmup = 1000
    search.turns = (2, 1)
    search.schedule = .cosine(steps: 3000)
    let trainer = try ResponseTrainer(
      problem, StructuredResponse(problem),
      method: SelfTuning(search, draws: 4, sharesMinibatch: true, scaleTraining: .init(range: 0.1...0.4)),
      settings: ResponseSettings(
        optimizer: Adam(learningRate: 0.02), schedule: .cosine(steps: 7000), batchSize: 40, validationBatchSize: 400),
      key: RandomKey(seed: 62))
    for _ in 0..<10_000 { try trainer.step() }
    let found = Double(trainer.state.hyperparameters[0])
    let start = Self.weights(problem, start: 5, at: [-1.7])
    let best = box.grid(7).map { Self.fromScratch(problem, at: $0) }.min()!
    #expect(Self.fromScratch(problem, at: [found]) < best + 0.1, "\(found), where the best is \(best)")
    #expect(Self.quality(problem, start, at: [-1.7]) > best + 0.5)
    Self.check(
      problem, Self.surface(trainer), without: start, at: [found - 0.3, found, found + 0.3], tolerance: 0.15, factor: 5)
  }
}
