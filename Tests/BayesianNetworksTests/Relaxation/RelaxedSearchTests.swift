import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct RelaxedSearchTests {
  private static let problem: RelaxedVariationalProblem<Float> = RelaxedVariationalProblem(
    inputs: 1, outputs: 1, likelihood: .gaussian(scale: 0.1), activations: [.relu, .tanh],
    priors: [.gaussian(scale: 1), .scaleMixture(wide: 1, narrow: 0.1)], widths: [[2], [5]],
    training: RelaxedFixtures.curve(50, width: 2, noise: 0.1, seed: 5) { sin(2 * $0) })

  private static func settings(steps: Int = 60) -> RelaxedSearchSettings {
    RelaxedSearchSettings(
      steps: steps, exploration: 0.4, entropyWeight: 0.1, batchSize: 16, validationBatchSize: 20,
      clipping: GradientClipping(maximumNorm: 5))
  }

  private static func search(seed: UInt64 = 7) throws -> RelaxedSearch<Float> {
    try RelaxedSearch(problem, settings: settings(), key: RandomKey(seed: seed))
  }

  /// Stopped in the warm-up, between, and in the straight-through steps, and written to bytes.
  @Test(arguments: [10, 35, 55]) func resumedIsUndisturbedBitForBit(stop: Int) throws {
    let (undisturbed, first, second) = (try Self.search(), try Self.search(), try Self.search())
    for _ in 0..<stop { try first.step() }
    let bytes = first.state.encode()
    try first.step()
    let state = try RelaxedSearchState(decoding: bytes, expecting: second.state)
    #expect(state != first.state)
    try second.resume(from: state)
    for _ in 0..<stop { try undisturbed.step() }
    while !undisturbed.isFinished { #expect(try undisturbed.step() == second.step()) }
    #expect(undisturbed.state == second.state)
    #expect(second.isFinished && second.probabilities == undisturbed.probabilities)
  }

  @Test func equalKeysGiveEqualBitsAndOthersDoNot() throws {
    let searches = [try Self.search(), try Self.search(), try Self.search(seed: 8)]
    for search in searches { while !search.isFinished { try search.step() } }
    #expect(searches[0].state == searches[1].state)
    #expect(searches[0].state != searches[2].state)
  }

  @Test func damagedStatesAreRefused() throws {
    let search = try Self.search()
    let bytes = search.state.encode()
    #expect(throws: CheckpointError.self) {
      _ = try RelaxedSearchState(decoding: Array(bytes.dropLast()), expecting: search.state)
    }
    var other = search.state
    other.logits = Vector(count: 2)
    #expect(throws: CheckpointError.wrongShape(name: "logits", expected: [2], found: [6])) {
      _ = try RelaxedSearchState(decoding: bytes, expecting: other)
    }
    #expect(throws: RelaxedSearchError.self) { try search.resume(from: other) }
  }

  @Test func logitsStayInTheWarmupAndTemperatureFalls() throws {
    let search = try Self.search()
    let settings = search.settings
    #expect(settings.warmupSteps == 18 && settings.straightThroughStart == 51)
    for step in 0..<60 {
      let before = search.state.logits
      let losses = try search.step()
      #expect((losses.validationLoss == nil) == (step < 18))
      #expect((search.state.logits == before) == (step < 18))
      #expect(settings.isStraightThrough(step: step) == (step < 18 || step >= 51))
      #expect(settings.temperature(step: step + 1) <= settings.temperature(step: step))
    }
    let temperatures = [0, 18, 51, 59].map { settings.temperature(step: $0) }
    #expect(zip(temperatures, [2, 2, 0.1, 0.1]).allSatisfy { abs($0 - $1) < 1e-12 })
    // Exponentially.
    let ratio = settings.temperature(step: 30) / settings.temperature(step: 29)
    #expect(abs(settings.temperature(step: 45) / settings.temperature(step: 44) - ratio) < 1e-12)
  }

  @Test func divergenceIsAnErrorWithItsStep() throws {
    var settings = Self.settings(steps: 200)
    settings.optimizer = SGD(learningRate: 1e4)
    settings.clipping = nil
    let search = try RelaxedSearch(Self.problem, settings: settings, key: RandomKey(seed: 9))
    let error = #expect(throws: RelaxedSearchError.self) { while !search.isFinished { try search.step() } }
    guard case .diverged(let step, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step >= 1 && step == search.state.step + 1)
  }

  @Test func badSettingsAreRefused() {
    let edits: [(inout RelaxedSearchSettings) -> Void] = [
      { $0.steps = 0 }, { $0.batchSize = 0 }, { $0.warmup = 0.9 }, { $0.warmup = -0.1 },
      { $0.temperature = (0.1, 2) }, { $0.temperature = (1, 0) }, { $0.exploration = 1.5 }, { $0.entropyWeight = -1 },
      { $0.entropyWeight = .nan }, { $0.validationBatchSize = -1 },
    ]
    for edit in edits {
      var settings = Self.settings()
      edit(&settings)
      #expect(throws: RelaxedSearchError.self) {
        _ = try RelaxedSearch(Self.problem, settings: settings, key: RandomKey(seed: 0))
      }
    }
  }

  /// Steps make no tensors but the few numbers of the entropy.
  @Test func stepsMakeNoTensors() throws {
    var settings = Self.settings(steps: 3000)
    settings.entropyWeight = 0
    let search = try RelaxedSearch(Self.problem, settings: settings, key: RandomKey(seed: 7))
    for _ in 0..<1000 { try search.step() }
    // Tests beside this one make tensors as well: one step of many has to be without any.
    let isQuiet = try (0..<1500).contains { _ in
      let before = StorageStatistics.allocations
      try search.step()
      return StorageStatistics.allocations == before
    }
    #expect(isQuiet)
  }

  /// Two options that differ by a cost alone: the entropy holds the logits back, and at its end the cheaper one is taken.
  @Test func cheaperOptionIsTakenAndEntropyHoldsBack() throws {
    struct Costs: RelaxedProblem {
      let costs: [Double]
      let training = RelaxedFixtures.curve(20, width: 1, noise: 0, seed: 6) { $0 }
      var validation: Examples<Float> { training }
      var weightCount: Int { 1 }
      var choices: [RelaxedChoice] { [RelaxedChoice(name: "cost", options: costs.map { "\($0)" })] }
      func initialWeights(key: RandomKey) -> Vector<Float> { Vector(count: 1) }
      func trainingLoss(
        _ examples: ExampleVariables<Float>, weights: Variable<Float>, hyperparameters: Variable<Float>, noise: [Int]
      ) -> Variable<Float> { (weights - 1).squared().sum() }
      func validationLoss(
        _ examples: ExampleVariables<Float>, weights: Variable<Float>, hyperparameters: Variable<Float>, noise: [Int]
      ) -> Variable<Float> {
        samples(hyperparameters, labels: noise)[0].dot(.constant(costs.map { Float($0) }, shape: [costs.count]))
      }
    }
    for (costs, best) in [([3.0, 1, 2], 1), ([1, 1.5, 2], 0), ([2, 2, -1], 2)] {
      let settings = RelaxedSearchSettings(steps: 1000, optimizer: Adam(learningRate: 0.05))
      let search = try RelaxedSearch(Costs(costs: costs), settings: settings, key: RandomKey(seed: 11))
      while !search.isFinished { try search.step() }
      #expect(search.choices == [best])
      #expect(search.probabilities[0][best] > 0.85)
      #expect(abs(search.state.weights[0] - 1) < 0.01)
    }
    func largest(_ entropyWeight: Double) throws -> Double {
      let settings = RelaxedSearchSettings(steps: 600, entropyWeight: entropyWeight)
      let search = try RelaxedSearch(Costs(costs: [1, 2]), settings: settings, key: RandomKey(seed: 12))
      for _ in 0..<350 { try search.step() }
      return search.probabilities[0].max() ?? 0
    }
    #expect(try largest(1) < 0.75 && largest(0) > 0.9)
  }
}
