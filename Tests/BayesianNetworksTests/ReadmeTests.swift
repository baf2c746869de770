import BayesianNetworks
import Tensors
import Testing

/// The README's example of the library: what it says compiles, and trains.
@Suite struct ReadmeTests {
  @Test func theExample() throws {
    let x = Vector<Float>.uniform(RandomKey(seed: 5), from: -1, to: 1, count: 200).array
    let data = Examples<Float>(
      inputs: Matrix(x, rows: 200, columns: 1), targets: .values(Matrix(x.map { $0 * $0 }, rows: 200, columns: 1)))
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [50], outputs: 1), likelihood: .gaussian(scale: 0.1),
      prior: GaussianPrior(scale: 1))
    let method = BayesByBackprop(estimator: .localReparameterization, samples: 2)
    let trainer = try Trainer<Float>(
      method.objective(model, initialization: .init(), maximumRows: 128),
      settings: TrainingSettings(optimizer: Adam(learningRate: 1e-2), batchSize: 128, steps: 1000), data: data,
      key: RandomKey(seed: 0))
    while !trainer.isFinished { try trainer.step() }
    let posterior = try method.posterior(of: trainer.state, model: model, data: data, key: RandomKey(seed: 1))
    let scores = Evaluation(samples: 50, key: RandomKey(seed: 2)).scores(
      of: MonteCarloPredictive(posterior, model: model), data: data)
    #expect(try #require(scores["rmse"]) < 0.1)
  }
}
