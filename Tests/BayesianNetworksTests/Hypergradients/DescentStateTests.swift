import Autodiff
import BayesianNetworks
import Foundation
import Tensors
import Testing

/// What a descent of hyperparameters promises to its worker: it goes on from any state bit for bit, equal keys give equal
/// bits, and errors name their step.
@Suite struct DescentStateTests {
  static let descent = MomentumDescent(learningRate: 0.05, momentum: 0.9, steps: 7)
  static let methods: [any HypergradientMethod] = [
    GreedyHypergradient(MomentumDescent(learningRate: 0.05, momentum: 0.5, steps: 2)),
    GreedyHypergradient(descent, mixed: .difference()), UnrolledHypergradient(descent),
    UnrolledHypergradient(descent, start: .warm), DistilledHypergradient(descent, start: .warm, stride: 2),
    ImplicitHypergradient(.descent(descent), solver: .conjugateGradients(iterations: 5, damping: 0.1)),
    ImplicitHypergradient(.descent(descent), solver: .neumann(terms: 5), tolerance: .polynomial(initial: 0.1)),
    OnlineLaplace(descent, refresh: 3),
    OnlineLaplace(descent, curvature: .hessian()),
  ]

  private func make(
    _ index: Int, key: Int = 4, steps: Int = 8
  ) throws -> HyperparameterDescent<RegularizedNetworkProblem<Float>> {
    try HyperparameterDescent(
      noisyNetworkProblem(), start: Vector([0, 0.1, -0.3]),
      box: HyperparameterBox(lower: [-3, -3, -3], upper: [3, 3, 3]),
      settings: HyperparameterDescentSettings(
        method: Self.methods[index], optimizer: Adam(learningRate: 0.05), schedule: .cosine(steps: 8), steps: steps,
        batches: BatchSizes(training: 16, validation: 8, curvature: 20)),
      key: RandomKey(seed: UInt64(key)))
  }

  @Test(arguments: methods.indices) func resumedIsUndisturbed(_ index: Int) throws {
    let whole = try make(index)
    while !whole.isFinished { try whole.step() }
    let first = try make(index)
    for _ in 0..<4 { try first.step() }
    let saved = first.state
    // The saved state is a value: further steps do not change it.
    try first.step()
    let second = try make(index)
    // Through a file, as a worker that was killed goes on.
    try second.resume(from: HyperparameterDescentState(decoding: saved.encode(), expecting: second.state))
    #expect(second.state == saved)
    while !second.isFinished { try second.step() }
    #expect(second.state == whole.state)
    #expect(whole.state.hyperparameters.array.allSatisfy { $0.isFinite })
    #expect(whole.state.hyperparameters != Vector([0, 0.1, -0.3]))
    let other = try make(index, key: 5)
    while !other.isFinished { try other.step() }
    #expect(other.state != whole.state)
  }

  /// A step makes no tensors once all programs are made. Other tests run in the same process: one quiet step of many
  /// shows it.
  @Test(arguments: [0, 1, 2, 3, 4, 5, 6]) func stepsMakeNoTensors(_ index: Int) throws {
    let descent = try make(index, steps: 400)
    for _ in 0..<4 { try descent.step() }
    var isQuiet = false
    for _ in 0..<300 where !isQuiet {
      let before = StorageStatistics.allocations
      try descent.step()
      isQuiet = StorageStatistics.allocations == before
    }
    #expect(isQuiet)
  }

  @Test func statesOfOthersAreRefused() throws {
    let greedy = try make(0)
    let state = try make(5).state
    #expect(throws: HypergradientError.wrongState(reason: "its weights belong to another problem or method")) {
      try greedy.resume(from: state)
    }
    #expect(throws: CheckpointError.self) {
      try HyperparameterDescentState(decoding: state.encode(), expecting: greedy.state)
    }
    #expect(throws: CheckpointError.self) {
      try HyperparameterDescentState(decoding: Array(state.encode().dropLast()), expecting: state)
    }
    var cut = greedy.state
    cut.step = 3
    #expect(throws: HypergradientError.self) { try greedy.resume(from: cut) }
    cut = greedy.state
    cut.optimizer.removeLast()
    #expect(throws: HypergradientError.self) { try greedy.resume(from: cut) }
  }

  /// Q = -h + 0 ln(2.5 - h) with a step of 1 is NaN at h = 3, in the fourth step.
  @Test func aValueThatIsNoNumberIsAnErrorWithItsStep() throws {
    var problem = ExpressionProblem.scalarRidge()
    problem.quality = { w, h in w * 0.0 - h + (2.5 - h).log() * 0.0 }
    let descent = try HyperparameterDescent(
      problem, start: Vector([0.0]), box: HyperparameterBox(lower: [-9], upper: [9]),
      settings: HyperparameterDescentSettings(
        method: ImplicitHypergradient(.newton()), optimizer: SGD(learningRate: 1), steps: 9), key: RandomKey(seed: 1))
    for _ in 0..<3 { try descent.step() }
    #expect(
      throws: HypergradientError.diverged(step: 4, trainingStep: nil, reason: "the validation loss is not a number")
    ) {
      try descent.step()
    }
  }

  /// Steps that are too long for the training: the error names its step and the training's.
  @Test(arguments: [0, 2, 4, 5, 7]) func aTrainingThatGrowsIsAnError(_ index: Int) throws {
    let descent = MomentumDescent(learningRate: 1e4, steps: 100)
    let methods: [Int: any HypergradientMethod] = [
      0: GreedyHypergradient(descent), 2: UnrolledHypergradient(descent), 4: DistilledHypergradient(descent),
      5: ImplicitHypergradient(.descent(descent)), 7: OnlineLaplace(descent),
    ]
    do {
      _ = try firstEstimate(methods[index]!, noisyNetworkProblem(), at: [0, 0, 0])
      Issue.record("it did not diverge")
    } catch let error as HypergradientError {
      guard case .diverged(let step, let trainingStep?, _) = error else { throw error }
      #expect(step == 1 && trainingStep > 1 && trainingStep < 100)
    }
  }

  /// A backward pass through a chaotic training says so, and does not give a gradient of 1e30.
  @Test func anAdjointThatGrowsIsAnError() throws {
    // Steps that grow by a factor of 5 and go on for a while below the limit of the loss; backwards they grow as well.
    let problem = ExpressionProblem(
      start: [1e-9], loss: { w, h in -(w.squared() * h.exp()) * 2.0 }, quality: { w, _ in w * 1.0 })
    do {
      _ = try firstEstimate(
        UnrolledHypergradient(MomentumDescent(learningRate: 1, steps: 16)), problem, at: [0])
      Issue.record("it did not diverge")
    } catch let error as HypergradientError {
      guard case .diverged(1, let trainingStep?, let reason) = error else { throw error }
      #expect(trainingStep < 16 && reason.contains("adjoint"))
    }
  }

  @Test func settingsOutOfRangeAreRefused() throws {
    let problem = ExpressionProblem.scalarRidge()
    let bad: [any HypergradientMethod] = [
      GreedyHypergradient(MomentumDescent(learningRate: 0, steps: 1)),
      GreedyHypergradient(MomentumDescent(learningRate: 1, steps: 1), mixed: .difference(scale: 0)),
      UnrolledHypergradient(MomentumDescent(learningRate: 1, momentum: 1, steps: 1)),
      UnrolledHypergradient(MomentumDescent(learningRate: 1, steps: 0)),
      DistilledHypergradient(Self.descent, skippedPart: 1), DistilledHypergradient(Self.descent, stride: 0),
      ImplicitHypergradient(.newton(), tolerance: .constant(0)),
      ImplicitHypergradient(.newton(), solver: .neumann(terms: 0)), ImplicitHypergradient(.newton(steps: 0)),
      OnlineLaplace(Self.descent), OnlineLaplace(Self.descent, curvature: .hessian(limit: 0)),
    ]
    for method in bad {
      #expect(throws: HypergradientError.self, "\(method)") { try firstEstimate(method, problem, at: [0]) }
    }
    #expect(throws: HypergradientError.self) {
      try firstEstimate(Self.methods[0], noisyNetworkProblem(), at: [0, 0, 0], batches: BatchSizes(training: 0))
    }
    #expect(throws: HypergradientError.self) {
      try HyperparameterDescent(
        problem, start: Vector([5.0]), box: HyperparameterBox(lower: [-3], upper: [4]),
        settings: HyperparameterDescentSettings(
          method: ImplicitHypergradient(.newton()), optimizer: SGD(learningRate: 1), steps: 1),
        key: RandomKey(seed: 1))
    }
  }

  /// All examples in blocks are all examples at once.
  @Test func blocksAddUp() throws {
    let problem = logisticProblem(.layers, hidden: [4])
    let method = UnrolledHypergradient(MomentumDescent(learningRate: 0.3, momentum: 0.5, steps: 10))
    let whole = try firstEstimate(method, problem, at: [0.1, 0.2])
    let parts = try firstEstimate(method, problem, at: [0.1, 0.2], batches: BatchSizes(rowsAtATime: 4))
    #expect(abs(whole.estimate.value - parts.estimate.value) < 1e-10)
    #expect(relativeError(parts.gradient, whole.gradient) < 1e-9)
  }
}
