import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Ridge regression of several outputs with a prior scale for each weight, of which the best response is known: of the
/// inputs, the first half tells something and the second half nothing.
@Suite struct FactoredEmbeddingTests {
  private static let (features, outputs, units) = (8, 4, 4)
  private static let hyperparameters = (features + 1) * outputs
  private static let start = Array(repeating: -1.0, count: hyperparameters)
  private let problem: RegularizedNetworkProblem<Double>

  init() {
    let slopes = Vector<Double>.normal(RandomKey(seed: 70), count: Self.features * Self.outputs)
    func examples(_ rows: Int, _ seed: UInt64) -> Examples<Double> {
      let x = Vector<Double>.normal(RandomKey(seed: seed), count: rows * Self.features)
      var y = Vector<Double>.normal(RandomKey(seed: seed + 100), count: rows * Self.outputs).array
      for row in 0..<rows {
        for c in 0..<Self.outputs {
          for j in 0..<Self.features / 2 {
            y[row * Self.outputs + c] += slopes[j * Self.outputs + c] * x[row * Self.features + j]
          }
        }
      }
      return Examples(
        inputs: Matrix(x, rows: rows, columns: Self.features),
        targets: .values(Matrix(y, rows: rows, columns: Self.outputs)))
    }
    problem = RegularizedNetworkProblem(
      Network(inputs: Self.features, hidden: [], outputs: Self.outputs), likelihood: .gaussian(scale: 1),
      grouping: .weights, training: examples(16, 71), validation: examples(400, 72))
  }

  /// The best response, features + 1 rows: with the features times their scales the prior is the standard normal one.
  private func ridge(_ logScales: [Double]) throws -> [Double] {
    guard case .values(let targets) = problem.training.targets else { return [] }
    let (n, inputs, outputs) = (Self.features + 1, problem.training.inputs, Self.outputs)
    var solution = Array(repeating: 0.0, count: n * outputs)
    for c in 0..<outputs {
      let scales = (0..<n).map { exp(logScales[$0 * outputs + c]) }
      let features = (0..<inputs.rows).flatMap { row in
        (0..<n).map { scales[$0] * ($0 < Self.features ? inputs[row, $0] : 1) }
      }
      let mean = try BayesianLinearModel(
        features: Matrix(features, rows: inputs.rows, columns: n),
        targets: (0..<inputs.rows).map { targets[$0, c] }, priorPrecision: 1, noisePrecision: 1
      ).mean
      for j in 0..<n { solution[j * outputs + c] = scales[j] * mean[j] }
    }
    return solution
  }

  private func response(_ embedding: EmbeddedResponse<Double>.Embedding? = nil) -> EmbeddedResponse<Double> {
    EmbeddedResponse(
      StructuredResponse(problem, hyperparameters: Self.units), hyperparameters: Self.hyperparameters,
      embedding: embedding ?? .factored(problem.layers))
  }

  private func settings(_ steps: Int) -> ResponseSettings {
    ResponseSettings(
      optimizer: Adam(learningRate: 0.01), schedule: .cosine(steps: steps), batchSize: 16, validationBatchSize: 100)
  }

  /// The part of the best response's squared change around the start that a trained response explains.
  private func explained(_ response: any BestResponse<Double>) throws -> Double {
    let steps = 6000
    let distribution = HyperparameterDistribution.normal(
      mean: Self.start, scale: Self.start.map { _ in 0.3 }, clippedTo: nil)
    let trainer = try ResponseTrainer(
      problem, response, method: GlobalHypernetwork(distribution, draws: 1), settings: settings(steps),
      key: RandomKey(seed: 73))
    for _ in 0..<steps { try trainer.step() }
    let surface = ResponseSurface(
      problem, members: [.init(response, trainer.state)], key: RandomKey(seed: 0))
    let middle = try ridge(Self.start)
    var (all, left) = (0.0, 0.0)
    for draw in 0..<20 {
      let noise = Vector<Double>.normal(RandomKey(seed: 74).folded(draw), count: Self.hyperparameters).array
      let h = zip(Self.start, noise).map { $0 + 0.3 * $1 }
      let (truth, found) = (try ridge(h), surface.weights(at: h).array)
      for i in truth.indices {
        all += (truth[i] - middle[i]) * (truth[i] - middle[i])
        left += (truth[i] - found[i]) * (truth[i] - found[i])
      }
    }
    return 1 - left / all
  }

  @Test func factorsGiveTheBilinearFormsOfALayersHyperparameters() throws {
    // Two inputs and three outputs, with a number before them and two after them.
    let layer = LayerLayout(name: "a", start: 1, inputs: 2, outputs: 3)
    let count = layer.end + 2
    let inner = LinearResponse<Double>(weights: 2, hyperparameters: 2)
    let response = EmbeddedResponse(inner, hyperparameters: count, embedding: .factored([layer]))
    // A row and a column for each unit and block: 1 x 1, 3 x 3, 1 x 2.
    #expect(response.parameterCount == 6 + 2 * (1 + 3 + 1) + 2 * (1 + 3 + 2) + 2)
    var parameters = Vector<Double>.normal(RandomKey(seed: 77), count: response.parameterCount)
    // The linear response gives its hyperparameters.
    for (index, value) in [0.0, 0, 1, 0, 0, 1].enumerated() { parameters[index] = value }
    let h = Vector<Double>.normal(RandomKey(seed: 78), count: count)
    let (rows, columns) = (6, 16)
    let expected = (0..<2).map { unit -> Double in
      var sum = parameters[rows + unit] * parameters[columns + unit] * h[0] + parameters[28 + unit]
      for i in 0..<3 {
        for j in 0..<3 {
          sum += parameters[rows + 2 + 3 * unit + i] * h[1 + 3 * i + j] * parameters[columns + 2 + 3 * unit + j]
        }
      }
      for j in 0..<2 {
        sum += parameters[rows + 8 + unit] * h[layer.end + j] * parameters[columns + 8 + 2 * unit + j]
      }
      return sum
    }
    let parts = response.parts.map { Variable<Double>.input($0.shape, name: $0.name) }
    let distances = Variable<Double>.input([1, count], name: "distances")
    let weights = response.weights(distances: distances, parts: parts)[0]
    let program = Program(inputs: [distances] + parts, outputs: [weights])
    withExtendedLifetime((h, parameters)) {
      program.bind(input: 0, to: h.unsafePointer)
      var start = 0
      for (index, part) in response.parts.enumerated() {
        program.bind(input: 1 + index, to: parameters.unsafePointer + start)
        start += part.shape.count
      }
      program.run()
    }
    for unit in 0..<2 { #expect(abs(program.output(0)[unit] - expected[unit]) < 1e-12) }
  }

  @Test func learnedFactorsExplainMoreOfTheResponseThanFixedOnes() throws {
    let learned = try explained(response())
    let fixed = try explained(FixedEmbedding(base: response()))
    let dense = try explained(response(.dense))
    #expect(learned > 0.15 && learned > 5 * fixed, "\(learned) and \(fixed)")
    // A number for each unit and hyperparameter can do little more.
    #expect(learned > 0.6 * dense, "\(learned) and \(dense)")
  }

  /// Four directions cannot follow 36 scales as the exact gradients of each of them can, but a good part of the way.
  @Test func searchFindsScalesThatGeneraliseBetter() throws {
    let box = try HyperparameterBox(lower: Self.start.map { _ in -4 }, upper: Self.start.map { _ in 1 })
    let tuning = FineTuning(problem, FineTuningSettings(steps: 0), key: RandomKey(seed: 0))
    func quality(_ h: [Double]) throws -> Double { tuning.value(Vector(try ridge(h)), at: h) }
    var search = HyperparameterSearch(
      start: Self.start, box: box, optimizer: Adam(learningRate: 0.01), scale: Self.start.map { _ in 0.3 })
    search.warmup = 1000
    search.turns = (2, 1)
    search.schedule = .cosine(steps: 2000)
    let trainer = try ResponseTrainer(
      problem, response(), method: SelfTuning(search, draws: 1, scaleTraining: nil), settings: settings(5000),
      key: RandomKey(seed: 75))
    for _ in 0..<7000 { try trainer.step() }
    let (before, after) = (try quality(Self.start), try quality(trainer.state.hyperparameters.array))
    let descent = try HyperparameterDescent(
      problem, start: Vector(Self.start), box: box,
      settings: HyperparameterDescentSettings(
        method: ImplicitHypergradient(.newton()), optimizer: Adam(learningRate: 0.05), steps: 200),
      key: RandomKey(seed: 76))
    while !descent.isFinished { try descent.step() }
    let exact = try quality(descent.state.hyperparameters.array)
    #expect(before - after > 0.3 * (before - exact), "\(before), \(after) and \(exact)")
  }
}

/// An embedding that stays as it was at first.
private struct FixedEmbedding: BestResponse {
  let base: EmbeddedResponse<Double>

  var weightCount: Int { base.weightCount }
  var hyperparameterCount: Int { base.hyperparameterCount }
  var parts: [ResponsePart] { base.parts }
  var isRecentrable: Bool { base.isRecentrable }

  func initialParameters(weights: Vector<Double>, key: RandomKey) -> Vector<Double> {
    base.initialParameters(weights: weights, key: key)
  }

  func weights(distances: Variable<Double>, parts: [Variable<Double>]) -> [Variable<Double>] {
    let inner = base.response.parts.count
    return base.weights(
      distances: distances, parts: parts.enumerated().map { $0.offset < inner ? $0.element : $0.element.stopped })
  }
}
