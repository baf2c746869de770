import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct ResponseTrainerTests {
  /// Regression with a hidden layer, whose sizes do not divide one another.
  private static func problem<Scalar: DensityScalar>(
    _ type: Scalar.Type = Float.self, learnsNoise: Bool = false, hidden: [Int] = [8]
  ) -> RegularizedNetworkProblem<Scalar> {
    func examples(_ rows: Int, _ seed: UInt64) -> Examples<Scalar> {
      let x = Vector<Scalar>.normal(RandomKey(seed: seed), count: rows * 3)
      let noise = Vector<Scalar>.normal(RandomKey(seed: seed + 100), count: rows)
      let y = (0..<rows).map { row -> Scalar in
        let product = x[3 * row + 1] * x[3 * row + 2]
        return x[3 * row] - product / 2 + noise[row] / 10
      }
      return Examples(inputs: Matrix(x, rows: rows, columns: 3), targets: .values(Matrix(y, rows: rows, columns: 1)))
    }
    return RegularizedNetworkProblem(
      Network(inputs: 3, hidden: hidden, outputs: 1), likelihood: .gaussian(scale: 0.1, learned: learnsNoise),
      grouping: .layers, training: examples(50, 1), validation: examples(30, 2))
  }

  private static func trainer(
    _ problem: RegularizedNetworkProblem<Float> = problem(), rate: Double = 0.01, seed: UInt64 = 4
  ) throws -> ResponseTrainer<Float> {
    let count = problem.hyperparameterCount
    var search = HyperparameterSearch(
      start: Array(repeating: 0, count: count), optimizer: Adam(learningRate: 0.01),
      scale: Array(repeating: 0.3, count: count))
    search.warmup = 5
    search.turns = (2, 1)
    return try ResponseTrainer(
      problem, StructuredResponse(problem), method: SelfTuning(search, draws: 3),
      settings: ResponseSettings(
        optimizer: Adam(learningRate: rate), schedule: .cosine(steps: 300), batchSize: 16, validationBatchSize: 11),
      key: RandomKey(seed: seed))
  }

  @Test func resumedIsUndisturbedBitForBit() throws {
    let undisturbed = try Self.trainer()
    let first = try Self.trainer()
    for _ in 0..<101 { try first.step() }
    let kept = first.state
    for _ in 0..<10 { try first.step() }
    #expect(kept != first.state)
    let second = try Self.trainer()
    try second.resume(from: kept)
    for _ in 0..<101 { try undisturbed.step() }
    for _ in 0..<99 { #expect(try undisturbed.step() == second.step()) }
    #expect(undisturbed.state == second.state)
  }

  @Test func equalKeysGiveEqualBitsAndOthersDoNot() throws {
    let trainers = [try Self.trainer(), try Self.trainer(), try Self.trainer(seed: 5)]
    for trainer in trainers { for _ in 0..<40 { try trainer.step() } }
    #expect(trainers[0].state == trainers[1].state)
    #expect(trainers[0].state != trainers[2].state)
  }

  @Test func stepsTakeTurnsAfterTheWarmup() throws {
    let trainer = try Self.trainer()
    let kinds = try (0..<11).map { _ in
      if case .hyperparameters = try trainer.step() { "h" } else { "w" }
    }
    #expect(kinds.joined() == "wwwww" + "wwhwwh")
  }

  @Test func lossesFallAndStepsMakeNoTensors() throws {
    let trainer = try Self.trainer()
    func block(_ steps: Int) throws -> Double {
      var losses: [Double] = []
      for _ in 0..<steps { if case .response(let loss) = try trainer.step() { losses.append(loss) } }
      return losses.reduce(0, +) / Double(losses.count)
    }
    let start = try block(20)
    #expect(try block(200) < start)
    let end = try block(40)
    #expect(end < 0.3 * start, "\(start) to \(end)")
    // Tests beside this one make tensors as well: one step of many has to be without any.
    let isQuiet = try (0..<2000).contains { _ in
      let before = StorageStatistics.allocations
      try trainer.step()
      return StorageStatistics.allocations == before
    }
    #expect(isQuiet)
  }

  @Test func divergenceNamesItsStep() throws {
    // A rate at which the loss grows, and one at which it is not finite at once.
    for rate in [2e3, 1e30] {
      let trainer = try Self.trainer(rate: rate)
      var failure: BestResponseError?
      for _ in 0..<200 where failure == nil {
        do { try trainer.step() } catch { failure = error }
      }
      guard case .diverged(let step, _, _) = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
      #expect(step == trainer.state.step || step == trainer.state.step + 1)
    }
  }

  @Test func settingsThatDoNotFitAreNamed() throws {
    let problem = Self.problem(Float.self)
    let box = try HyperparameterBox(lower: [-1, -1], upper: [1, 1])
    func message(_ method: any ResponseMethod, _ response: any BestResponse<Float>, batch: Int = 16) -> String {
      do {
        _ = try ResponseTrainer(
          problem, response, method: method, settings: ResponseSettings(batchSize: batch), key: RandomKey(seed: 0))
        return ""
      } catch {
        return "\(error)"
      }
    }
    let linear = LinearResponse<Float>(weights: problem.weightCount, hyperparameters: 2)
    #expect(message(GlobalHypernetwork(.uniform(box)), linear) == "")
    #expect(message(GlobalHypernetwork(.uniform(box), draws: 0), linear).hasPrefix("the number of draws is 0"))
    #expect(
      message(GlobalHypernetwork(.uniform(box)), LinearResponse(weights: 3, hyperparameters: 2)).hasPrefix(
        "the response"))
    #expect(
      message(GlobalHypernetwork(.uniform(box), draws: 20, sharesMinibatch: false), linear).hasPrefix("the batch size"))
    var search = HyperparameterSearch(start: [0, 3], box: box, optimizer: SGD(), scale: [0.1, 0.1])
    #expect(message(SelfTuning(search), linear).hasPrefix("the start of the search"))
    search.start = [0, 0]
    search.scale = [0.1, 0]
    #expect(message(LocalHypernetwork(search), linear).hasPrefix("the scale of the perturbations"))
    #expect(throws: BestResponseError.self) { try HyperparameterBox(lower: [0], upper: [-1]) }
    #expect(throws: BestResponseError.self) { try HyperparameterBox(lower: [0], upper: [.infinity]) }
  }

  @Test func aStateOfAnotherResponseIsRefused() throws {
    let trainer = try Self.trainer()
    let other = try Self.trainer(Self.problem(hidden: [9]))
    #expect(throws: BestResponseError.self) { try trainer.resume(from: other.state) }
  }

  /// A classification of minibatches in double precision: indices of 32 bits beside numbers of 64.
  @Test func classesGoWithTheirInputs() throws {
    let x = Vector<Double>.normal(RandomKey(seed: 9), count: 60)
    let examples = Examples(
      inputs: Matrix(x, rows: 60, columns: 1), targets: .classes((0..<60).map { x[$0] > 0 ? 1 : 0 }))
    let problem = RegularizedNetworkProblem(
      Network(inputs: 1, hidden: [], outputs: 2), likelihood: .categorical, grouping: .global, training: examples,
      validation: examples)
    let box = try HyperparameterBox(lower: [1], upper: [2])
    let trainer = try ResponseTrainer(
      problem, StructuredResponse(problem),
      method: GlobalHypernetwork(.uniform(box), draws: 3, sharesMinibatch: false),
      settings: ResponseSettings(optimizer: Adam(learningRate: 0.05), batchSize: 24), key: RandomKey(seed: 10))
    for _ in 0..<600 { try trainer.step() }
    let surface = ResponseSurface(
      problem, members: [.init(trainer.response, trainer.state)], blockRows: 17, key: RandomKey(seed: 0))
    #expect(surface.value(at: [1.5]).value / 60 < 0.15)
  }

  @Test func hyperparametersThatTheLossDoesNotDependOnAreNamed() {
    struct Partial: BilevelProblem {
      let full = ScalarRidge<Double>()
      var weightCount: Int { 1 }
      var hyperparameterCount: Int { 3 }
      var training: Examples<Double> { full.training }
      var validation: Examples<Double> { full.validation }
      func initialWeights(key: RandomKey) -> Vector<Double> { full.initialWeights(key: key) }
      func trainingLoss(
        _ examples: ExampleVariables<Double>, weights: Variable<Double>, hyperparameters: Variable<Double>, noise: [Int]
      ) -> Variable<Double> {
        full.trainingLoss(
          examples, weights: weights, hyperparameters: hyperparameters.slice(from: 1, shape: [1]), noise: noise)
      }
      func validationLoss(
        _ examples: ExampleVariables<Double>, weights: Variable<Double>, hyperparameters: Variable<Double>, noise: [Int]
      ) -> Variable<Double> {
        full.validationLoss(examples, weights: weights, hyperparameters: hyperparameters, noise: noise)
      }
    }
    #expect(Partial().independentHyperparameters(around: [0, 0, 0], key: RandomKey(seed: 0)) == [0, 2])
    let problem = Self.problem(Float.self)
    #expect(problem.independentHyperparameters(around: [0, 0], key: RandomKey(seed: 0)) == [])
  }
}
