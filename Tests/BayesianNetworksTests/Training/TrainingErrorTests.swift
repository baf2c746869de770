import BayesianNetworks
import Foundation
import Tensors
import Testing

/// sum over the minibatch of |x - input|^2 / 2, with complexity |x|^2 / 2, and what a test does to it.
final class QuadraticObjective: MinibatchObjective {
  typealias Scalar = Double
  let parameterCount: Int
  let maximumRows: Int
  var spoil: (UnsafeMutablePointer<Double>) -> Void = { _ in }
  private(set) var factors: [Double] = []

  init(parameterCount: Int = 2, maximumRows: Int = .max) {
    self.parameterCount = parameterCount
    self.maximumRows = maximumRows
  }

  func initialParameters(key: RandomKey) -> Vector<Double> { Vector(repeating: 1, count: parameterCount) }

  func evaluate(
    _ minibatch: Minibatch<Double>, parameters: UnsafePointer<Double>, key: RandomKey,
    gradient: UnsafeMutablePointer<Double>
  ) -> MinibatchLoss {
    factors.append(minibatch.complexityFactor)
    var (value, complexity) = (0.0, 0.0)
    for i in 0..<parameterCount {
      gradient[i] = minibatch.complexityWeight * parameters[i]
      complexity += 0.5 * parameters[i] * parameters[i]
      for row in 0..<minibatch.rows {
        let difference = parameters[i] - minibatch.inputs[row * parameterCount + i]
        gradient[i] += difference
        value += 0.5 * difference * difference
      }
    }
    spoil(gradient)
    return MinibatchLoss(negativeLogLikelihood: value, complexity: complexity, batchFraction: minibatch.fraction)
  }

  func locate(_ parameterIndex: Int) -> String { "layer \(parameterIndex + 1)" }
}

@Suite struct TrainingErrorTests {
  func data(_ columns: Int = 2) -> Examples<Double> {
    examples(.gaussian(scale: 1), rows: 10, inputs: columns, outputs: 1)
  }

  func trainer(
    _ objective: QuadraticObjective, optimizer: any Optimizer = SGD(learningRate: 0.1),
    _ change: (inout TrainingSettings) -> Void = { _ in }
  ) throws(TrainingError) -> Trainer<Double> {
    var settings = TrainingSettings(optimizer: optimizer, batchSize: 10, steps: 200)
    change(&settings)
    return try Trainer(objective, settings: settings, data: data(objective.parameterCount), key: RandomKey(seed: 1))
  }

  /// Any objective can be trained: this one ends at sum(inputs) / (N + T).
  @Test func anObjectiveOfOnesOwn() throws {
    let objective = QuadraticObjective()
    let trainer = try trainer(objective) { $0.temperature = 0.5 }
    while !trainer.isFinished { try trainer.step() }
    let inputs = data().inputs
    for i in 0..<2 {
      let sum = (0..<10).reduce(0) { $0 + inputs[$1, i] }
      #expect(abs(trainer.state.parameters[i] - sum / 10.5) < 1e-8)
    }
    #expect(objective.factors.allSatisfy { $0 == 0.5 } && trainer.state.step == 200)
  }

  @Test func clippingWarmupAndSchedule() throws {
    let objective = QuadraticObjective()
    let trainer = try trainer(objective) {
      $0.clipping = GradientClipping(maximumNorm: 0.01)
      $0.complexityWarmup = Warmup(steps: 4)
      $0.schedule = .step(every: 1, factor: 0.5)
    }
    var last = trainer.state.parameters
    for number in 0..<6 {
      try trainer.step()
      let now = trainer.state.parameters
      let length = hypot(now[0] - last[0], now[1] - last[1])
      #expect(abs(length - 0.001 * pow(0.5, Double(number))) < 1e-12)
      #expect(trainer.gradientNorm! > 0.01)
      last = now
    }
    #expect(objective.factors == [0, 0.25, 0.5, 0.75, 1, 1])
  }

  @Test func aCollectorIsAPartOfTheState() throws {
    for collector in [
      SWA(CollectionTimes(start: 3, every: 2)), SWAG(CollectionTimes(start: 3, every: 2), rank: 3),
      ChainSamples(CollectionTimes(start: 0, every: 3), maximum: 4),
    ] as [any IterateCollector] {
      func make() throws(TrainingError) -> Trainer<Double> {
        try trainer(QuadraticObjective(), optimizer: SGLD(learningRate: 0.1)) {
          $0.batchSize = 3
          $0.steps = 20
          $0.collector = collector
        }
      }
      let whole = try make()
      while !whole.isFinished { try whole.step() }
      let first = try make()
      for _ in 0..<11 { try first.step() }
      let second = try make()
      try second.resume(from: first.state)
      while !second.isFinished { try second.step() }
      #expect(second.state == whole.state && whole.state.collected.count > 3)
      #expect(throws: TrainingError.self) { try self.trainer(QuadraticObjective()).resume(from: whole.state) }
    }
  }

  @Test func statesOfOtherTrainingsAreRefused() throws {
    let state = try trainer(QuadraticObjective()).state
    #expect(throws: TrainingError.wrongState(reason: "it has 2 parameters, the model 3")) {
      try trainer(QuadraticObjective(parameterCount: 3)).resume(from: state)
    }
    #expect(throws: TrainingError.self) {
      try trainer(QuadraticObjective(), optimizer: Adam()).resume(from: state)
    }
    #expect(throws: TrainingError.self) {
      try trainer(QuadraticObjective()) { $0.collector = SWA(CollectionTimes(start: 0, every: 1)) }.resume(from: state)
    }
  }

  @Test func badSettings() {
    for change in [
      { $0.batchSize = 0 }, { $0.steps = -1 }, { $0.temperature = .nan }, { $0.temperature = -1 },
    ] as [(inout TrainingSettings) -> Void] {
      let error = #expect(throws: TrainingError.self) { try trainer(QuadraticObjective(), change) }
      guard case .badSetting = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    #expect(throws: TrainingError.badSetting(name: "the batch size", found: "10", expected: "at most 4")) {
      try trainer(QuadraticObjective(maximumRows: 4))
    }
  }

  @Test func aLossThatIsNotFiniteNamesStepAndLayer() throws {
    let objective = QuadraticObjective()
    let trainer = try trainer(objective, optimizer: SGD(learningRate: 1e200))
    let error = #expect(throws: TrainingError.self) { for _ in 0..<10 { try trainer.step() } }
    // The second step sees parameters of 1e200; the loss is infinite, the parameters are not yet.
    #expect(error == .diverged(step: 2, layer: nil, reason: "the loss is inf"))
    #expect(trainer.state.step == 1)
  }

  @Test func aDerivativeThatIsNotFiniteNamesStepAndLayer() throws {
    for clipping in [nil, GradientClipping(maximumNorm: 1)] {
      let objective = QuadraticObjective()
      let trainer = try trainer(objective) { $0.clipping = clipping }
      for _ in 0..<4 { try trainer.step() }
      objective.spoil = { $0[1] = .nan }
      let error = #expect(throws: TrainingError.self) { try trainer.step() }
      guard case .diverged(step: 5, layer: "layer 2", _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test func largeModelsAreLookedAtNowAndThen() throws {
    let objective = QuadraticObjective(parameterCount: 5000)
    let trainer = try trainer(objective) { $0.batchSize = 1 }
    for _ in 0..<3 { try trainer.step() }
    objective.spoil = { $0[4321] = .nan }
    let error = #expect(throws: TrainingError.self) { for _ in 0..<20 { try trainer.step() } }
    guard case .diverged(let step, layer: "layer 4322", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step <= 10)
  }
}

@Suite struct EnsembleTests {
  @Test func theNumberOfThreadsChangesNothing() throws {
    func states(_ threads: Int) throws -> [TrainingState<Double>] {
      try EnsembleTraining(members: 5, threads: threads).train { member in
        try Trainer(
          QuadraticObjective(),
          settings: TrainingSettings(optimizer: SGLD(learningRate: 0.1), batchSize: 3, steps: 30),
          data: examples(.gaussian(scale: 1), rows: 10, inputs: 2, outputs: 1),
          key: RandomKey(seed: 1).folded(member))
      }
    }
    let one = try states(1)
    #expect(one.count == 5 && one.allSatisfy { $0.step == 30 })
    #expect(one == (try states(3)) && one[0] != one[1])
  }

  @Test func theFirstErrorIsThrown() {
    #expect(throws: TrainingError.wrongState(reason: "member 2")) {
      try EnsembleTraining(members: 8, threads: 2).run { member -> Int in
        if member >= 2 { throw TrainingError.wrongState(reason: "member \(member)") }
        return member
      }
    }
  }
}
