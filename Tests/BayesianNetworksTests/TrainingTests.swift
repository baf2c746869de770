import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct TrainingTests {
  static let cases: [(BayesByBackprop, any Optimizer)] = [
    (BayesByBackprop(estimator: .weightSampling, complexity: .sampled, samples: 2), Adam(learningRate: 1e-2)),
    (BayesByBackprop(estimator: .localReparameterization, samples: 2), MomentumSGD(learningRate: 1e-3)),
  ]

  func trainer(_ index: Int, likelihood: Likelihood = .gaussian(scale: 0.3, learned: true)) -> Trainer<Float> {
    let model = BayesianModel(
      network: Network(inputs: 4, hidden: [9], outputs: 2), likelihood: likelihood,
      prior: index == 0 ? priors[2] : priors[1])
    return Trainer(
      model, method: Self.cases[index].0, optimizer: Self.cases[index].1,
      data: examples(likelihood, rows: 50, inputs: 4, outputs: 2), batchSize: 16, key: RandomKey(seed: 5))
  }

  @Test(arguments: [0, 1])
  func aTrainingResumedFromItsCheckpointIsTheUndisturbedOne(index: Int) throws {
    let whole = trainer(index)
    for _ in 0..<30 { whole.step() }
    let first = trainer(index)
    for _ in 0..<13 { first.step() }
    let bytes = Checkpoint(first.state, network: first.model.network).encode()
    let second = trainer(index)
    second.resume(
      from: try Checkpoint(decoding: bytes, model: second.model, optimizer: second.optimizer).state)
    #expect(second.state == first.state)
    while second.state.step < 30 { second.step() }
    #expect(second.state == whole.state)
    #expect(
      Checkpoint(second.state, network: second.model.network).encode()
        == Checkpoint(whole.state, network: whole.model.network).encode())
  }

  @Test func theSameKeyGivesTheSameBitsAndAnotherKeyOthers() {
    let (a, b) = (trainer(0), trainer(0))
    for _ in 0..<10 { #expect(a.step() == b.step()) }
    #expect(a.state == b.state)
    let other = Trainer<Float>(
      a.model, method: Self.cases[0].0, optimizer: a.optimizer,
      data: examples(a.model.likelihood, rows: 50, inputs: 4, outputs: 2), batchSize: 16, key: RandomKey(seed: 6))
    for _ in 0..<10 { other.step() }
    #expect(a.state.parameters != other.state.parameters)
  }

  @Test func aStepAllocatesNoTensors() {
    for index in [0, 1] {
      let trainer = trainer(index)
      for _ in 0..<5 { trainer.step() }
      // Other tests allocate at the same time; in some of many tries none of them does.
      let quiet = (0..<2000).contains { _ in
        let before = StorageStatistics.allocations
        trainer.step()
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
  @Test func theLossesOfAnEpochAddUpToTheNegativeBound() {
    for batchSize in [50, 16, 7, 1] {
      let model = BayesianModel(
        network: Network(inputs: 4, hidden: [9], outputs: 2), likelihood: .categorical, prior: GaussianPrior())
      let data: Examples<Double> = examples(.categorical, rows: 50, inputs: 4, outputs: 2)
      let trainer = Trainer(
        model, method: BayesByBackprop(), optimizer: MomentumSGD(learningRate: 0), data: data, batchSize: batchSize,
        initialization: PosteriorInitialization(rhoLow: -40, rhoHigh: -40), key: RandomKey(seed: 5))
      let sum = (0..<trainer.stepsPerEpoch).reduce(0) { total, _ in total + trainer.step().total }
      let bound = Evaluation(samples: 1, key: RandomKey(seed: 1)).lowerBound(
        of: trainer.state, model: model, data: data)
      #expect(abs(sum + bound.value) < 1e-5 * abs(sum))
    }
  }

  @Test func cosineSchedule() {
    let schedule = LearningRateSchedule.cosine(steps: 100)
    #expect(schedule.factor(step: 0) == 1 && abs(schedule.factor(step: 50) - 0.5) < 1e-15)
    #expect(schedule.factor(step: 100) == 0 && schedule.factor(step: 200) == 0)
  }
}
