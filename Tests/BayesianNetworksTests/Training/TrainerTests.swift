import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct TrainerTests {
  static let cases: [(BayesByBackprop, any Optimizer)] = [
    (BayesByBackprop(estimator: .weightSampling, complexity: .sampled, samples: 2), Adam(learningRate: 1e-2)),
    (BayesByBackprop(estimator: .localReparameterization, samples: 2), MomentumSGD(learningRate: 1e-3)),
  ]

  func model(_ index: Int) -> BayesianModel {
    BayesianModel(
      network: Network(inputs: 4, hidden: [9], outputs: 2), likelihood: .gaussian(scale: 0.3, learned: true),
      prior: index == 0 ? priors[2] : priors[1])
  }

  func trainer(_ index: Int, seed: UInt64 = 5) throws(TrainingError) -> Trainer<Float> {
    let model = model(index)
    return try Trainer(
      VariationalObjective(model, method: Self.cases[index].0, maximumRows: 16),
      settings: TrainingSettings(optimizer: Self.cases[index].1, batchSize: 16, steps: 30),
      data: examples(model.likelihood, rows: 50, inputs: 4, outputs: 2), key: RandomKey(seed: seed))
  }

  @Test(arguments: [0, 1])
  func aTrainingResumedFromItsStateIsTheUndisturbedOne(index: Int) throws {
    let whole = try trainer(index)
    while !whole.isFinished { try whole.step() }
    let first = try trainer(index)
    for _ in 0..<13 { try first.step() }
    let second = try trainer(index)
    try second.resume(from: first.state)
    #expect(second.state == first.state)
    // The state is a value: what the first trainer does next does not touch the second.
    for _ in 0..<5 { try first.step() }
    while !second.isFinished { try second.step() }
    #expect(second.state == whole.state && whole.state.step == 30)
  }

  @Test func theSameKeyGivesTheSameBitsAndAnotherKeyOthers() throws {
    let (a, b) = (try trainer(0), try trainer(0))
    for _ in 0..<10 { #expect(try a.step() == b.step()) }
    #expect(a.state == b.state)
    let other = try trainer(0, seed: 6)
    for _ in 0..<10 { try other.step() }
    #expect(a.state.parameters != other.state.parameters)
  }

  @Test func aStepAllocatesNoTensors() throws {
    for index in [0, 1] {
      let trainer = try trainer(index)
      for _ in 0..<5 { try trainer.step() }
      // Other tests allocate at the same time; in some of many tries none of them does.
      let quiet = try (0..<2000).contains { _ in
        let before = StorageStatistics.allocations
        try trainer.step()
        return StorageStatistics.allocations == before
      }
      #expect(quiet)
    }
  }

  @Test func everyEpochUsesEveryExampleOnce() {
    var minibatches = Minibatches(count: 50, batchSize: 16, key: RandomKey(seed: 1))
    #expect(minibatches.stepsPerEpoch == 4)
    var orders: Set<[Int]> = []
    for epoch in 0..<3 {
      let order = (0..<4).flatMap { minibatches.rows(step: 4 * epoch + $0) }
      #expect(order.sorted() == Array(0..<50))
      orders.insert(order)
    }
    #expect(orders.count == 3)
    #expect(Array(minibatches.rows(step: 3)).count == 2)
    var small = Minibatches(count: 5, batchSize: 16, key: RandomKey(seed: 1))
    #expect(small.stepsPerEpoch == 1 && small.rows(step: 7).sorted() == Array(0..<5))
  }

  /// With rho so low that the noise vanishes and a prior that is flat, an epoch's losses add up to the negative ELBO at
  /// any batch size.
  @Test func theLossesOfAnEpochAddUpToTheNegativeBound() throws {
    for batchSize in [50, 16, 7, 1] {
      let model = BayesianModel(
        network: Network(inputs: 4, hidden: [9], outputs: 2), likelihood: .categorical, prior: GaussianPrior())
      let data: Examples<Double> = examples(.categorical, rows: 50, inputs: 4, outputs: 2)
      let start = PosteriorInitialization(rhoLow: -40, rhoHigh: -40)
      let trainer = try Trainer(
        VariationalObjective(model, method: BayesByBackprop(), initialization: start, maximumRows: 50),
        settings: TrainingSettings(optimizer: SGD(learningRate: 0), batchSize: batchSize, steps: 50), data: data,
        key: RandomKey(seed: 5))
      let sum = try (0..<trainer.stepsPerEpoch).reduce(0) { total, _ in try total + trainer.step().total }
      let bound = Evaluation(samples: 1, key: RandomKey(seed: 1)).lowerBound(
        of: trainer.state.variationalPosterior(of: model), model: model, data: data)
      #expect(abs(sum + bound.value) < 1e-5 * abs(sum))
    }
  }
}
