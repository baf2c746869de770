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

  /// The optimiser itself against algorithm 1 of Kingma and Ba, step numbers and bias corrections included.
  @Test func adamFromItsFirstStep() {
    let adam = Adam(learningRate: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-3)
    var x = Vector<Double>([1, -2, 3])
    var state = [Vector<Double>(count: 3), Vector<Double>(count: 3)]
    var (y, first, second) = (x.array, [0.0, 0, 0], [0.0, 0, 0])
    for t in 1...20 {
      let gradient = Vector<Double>.normal(RandomKey(seed: 9).folded(t), count: 3)
      adam.update(
        x.unsafeMutablePointer(), gradient: gradient.unsafePointer, gradientScale: 0.5, state: &state, step: t - 1,
        count: 3)
      for i in 0..<3 {
        let g = 0.5 * gradient[i]
        first[i] = 0.8 * first[i] + 0.2 * g
        second[i] = 0.99 * second[i] + 0.01 * g * g
        let (mean, square) = (first[i] / (1 - pow(0.8, Double(t))), second[i] / (1 - pow(0.99, Double(t))))
        y[i] -= 0.1 * mean / (square.squareRoot() + 1e-3)
        #expect(abs(x[i] - y[i]) < 1e-12)
      }
    }
  }

  @Test(arguments: [(Activation.relu, 6.0), (.tanh, 3), (.sigmoid, 3), (.softplus, 3)])
  func meansByTheFanIn(_ activation: Activation, _ gain: Double) {
    let network = Network(inputs: 4, hidden: [300, 100], outputs: 30, activation: activation)
    let start: DiagonalGaussian<Float> = PosteriorInitialization(means: .fanIn, rhoLow: -3, rhoHigh: -2)
      .posterior(of: network, key: RandomKey(seed: 3))
    #expect(start.rho.array.allSatisfy { $0 >= -3 && $0 <= -2 })
    for layer in network.layers {
      let inputs = Double(layer.inputs)
      for (range, width) in [
        (layer.start..<layer.biases, (gain / inputs).squareRoot()), (layer.biases..<layer.end, 1 / inputs.squareRoot()),
      ] {
        let largest = start.mean[range].array.map { Double($0.magnitude) }.max()!
        // Of 30 draws or more.
        #expect(largest <= width * 1.000001 && largest > 0.7 * width)
      }
    }
  }

  @Test func cosineSchedule() {
    let schedule = LearningRateSchedule.cosine(steps: 100)
    #expect(schedule.factor(step: 0) == 1 && abs(schedule.factor(step: 50) - 0.5) < 1e-15)
    #expect(schedule.factor(step: 100) == 0 && schedule.factor(step: 200) == 0)
  }
}
