import BayesianNetworks
import Foundation
import Tensors
import Testing

/// Ridge regression as a network without hidden layers, where everything has a closed form.
@Suite struct SelfTuningTests {
  private static let features = 8
  private let problem: RegularizedNetworkProblem<Double>

  init() {
    func examples(_ rows: Int, _ seed: UInt64) -> Examples<Double> {
      let x = Vector<Double>.normal(RandomKey(seed: seed), count: rows * Self.features)
      let noise = Vector<Double>.normal(RandomKey(seed: seed + 100), count: rows)
      let y = (0..<rows).map { row -> Double in
        var target = noise[row]
        for j in 0..<Self.features { target += 0.35 * cos(Double(2 * j)) * x[row * Self.features + j] }
        return target
      }
      return Examples(
        inputs: Matrix(x, rows: rows, columns: Self.features), targets: .values(Matrix(y, rows: rows, columns: 1)))
    }
    problem = RegularizedNetworkProblem(
      Network(inputs: Self.features, hidden: [], outputs: 1), likelihood: .gaussian(scale: 1), grouping: .global,
      training: examples(24, 60), validation: examples(400, 61))
  }

  /// The weights, and then the bias, of the best response.
  private func ridge(_ logScale: Double) throws -> [Double] {
    guard case .values(let targets) = problem.training.targets else { return [] }
    let inputs = problem.training.inputs
    var features: [Double] = []
    for row in 0..<inputs.rows {
      features += (0..<inputs.columns).map { inputs[row, $0] }
      features.append(1)
    }
    return try BayesianLinearModel(
      features: Matrix(features, rows: inputs.rows, columns: inputs.columns + 1), targets: targets.elements.array,
      priorPrecision: exp(-2 * logScale), noisePrecision: 1
    ).mean.array
  }

  @Test func structuredResponseFindsTheBestScaleAndTheWeightsThere() throws {
    let tuning = FineTuning(problem, FineTuningSettings(steps: 0), key: RandomKey(seed: 0))
    func exact(_ h: Double) throws -> Double { tuning.value(Vector(try ridge(h)), at: [h]) }
    let best = try stride(from: -3.0, through: 1, by: 0.01).map { ($0, try exact($0)) }.min { $0.1 < $1.1 }!
    #expect(best.0 > -2.5 && best.0 < 0.5)
    let box = try HyperparameterBox(lower: [-3], upper: [1])
    var search = HyperparameterSearch(start: [0.5], box: box, optimizer: Adam(learningRate: 0.01), scale: [0.3])
    search.warmup = 500
    search.turns = (2, 1)
    search.schedule = .cosine(steps: 3000)
    let trainer = try ResponseTrainer(
      problem, StructuredResponse(problem),
      method: SelfTuning(search, draws: 4, sharesMinibatch: true, scaleTraining: .init(range: 0.05...0.3)),
      settings: ResponseSettings(
        optimizer: Adam(learningRate: 0.01), schedule: .cosine(steps: 7500), batchSize: 24, validationBatchSize: 100),
      key: RandomKey(seed: 62))
    for _ in 0..<9000 { try trainer.step() }
    let found = trainer.state.hyperparameters[0]
    #expect(try exact(found) - best.1 < 0.05, "\(found) and \(best.0)")
    #expect(abs(found - best.0) < 0.15, "\(found) and \(best.0)")
    let surface = ResponseSurface(
      problem, members: [.init(trainer.response, trainer.state)], key: RandomKey(seed: 0))
    for (weight, expected) in zip(surface.weights(at: [found]).array, try ridge(found)) {
      #expect(abs(weight - expected) < 0.02)
    }
  }

  /// A surface of which the members are far from one another, or from the best response, says so.
  @Test func errorIsLargeWhereTheSurfaceIsWrong() throws {
    let box = try HyperparameterBox(lower: [-1.5], upper: [-0.5])
    let members = try (0..<2).map { member in
      let trainer = try ResponseTrainer(
        problem, LinearResponse(weights: problem.weightCount, hyperparameters: 1),
        method: GlobalHypernetwork(.uniform(box), draws: 4),
        settings: ResponseSettings(
          optimizer: Adam(learningRate: 0.01), schedule: .cosine(steps: 3000), batchSize: 24),
        key: RandomKey(seed: 63).folded(member))
      for _ in 0..<3000 { try trainer.step() }
      return ResponseSurface.Member(trainer.response, trainer.state)
    }
    let surface = ResponseSurface(
      problem, members: members,
      tuning: FineTuningSettings(optimizer: Adam(learningRate: 0.02), steps: 400, batchSize: 24),
      key: RandomKey(seed: 64))
    let (inside, outside) = (surface.value(at: [-1]), surface.value(at: [2]))
    #expect(try #require(inside.error) < 3)
    #expect(try #require(outside.error) > 10 * inside.error!)
    let tuned = FineTuning(problem, FineTuningSettings(steps: 0), key: RandomKey(seed: 0))
    let truth = tuned.value(Vector(try ridge(2)), at: [2])
    #expect(abs(outside.value - truth) <= 1.5 * outside.error!, "\(outside) and \(truth)")
  }

  @Test func linesPlanesAndGridsGoThroughTheBox() throws {
    let box = try HyperparameterBox(lower: [0, 10, -1], upper: [1, 20, 1])
    #expect(
      box.line(along: 1, through: [0.5, 0, 0.2], count: 3) == [[0.5, 10, 0.2], [0.5, 15, 0.2], [0.5, 20, 0.2]])
    #expect(
      box.plane(along: 0, 2, through: [0, 12, 0], count: 2) == [[0, 12, -1], [0, 12, 1], [1, 12, -1], [1, 12, 1]])
    #expect(box.grid(2).count == 8 && box.grid(2)[1] == [0, 10, 1])
    #expect(box.projected([2, 5, 0]) == [1, 10, 0])
  }
}
