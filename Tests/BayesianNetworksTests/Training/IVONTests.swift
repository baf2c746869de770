import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct IVONTests {
  /// Two steps of algorithm 1, by hand, with a scale of 1/2 for both parts of the gradient.
  @Test func twoStepsByHand() {
    let optimizer = IVON(learningRate: 0.1, beta1: 0.5, beta2: 0.75, weightDecay: 0.5)
    let (x, state) = run(optimizer, from: [1.0, 2.0], steps: 2, gradientScale: 0.5) { _, number in
      number == 0 ? [4, 12] : [-2, 0]
    }
    // First step: g = 2, f = 6; m = 1; m / (1 - 1/2) = 2.
    let h1 = 0.75 * 2 + 0.25 * 6 + 0.5 * 0.0625 * 16 / 2.5
    let x1 = 1 - 0.1 * (2 + 0.5) / (h1 + 0.5)
    // Second: g = -1, f = 0; m = 0.
    let h2 = 0.75 * h1 + 0.5 * 0.0625 * h1 * h1 / (h1 + 0.5)
    let x2 = x1 - 0.1 * (0.5 * x1) / (h2 + 0.5)
    #expect(abs(x[0] - x2) < 1e-14 && abs(x[1] - h2) < 1e-14, "\(x), \([x2, h2])")
    #expect(state[0].array == [0, 0])
  }

  /// The mean-field posterior of a quadratic: means at the optimum of loss and decay, h at the curvature, so that
  /// sigma^2 = 1 / (ess (h + decay)).
  @Test func theMeanFieldPosteriorOfAQuadraticIsFound() {
    let (curvature, center, ess, decay) = ([3.0, 0.4], [1.5, -2.0], 50.0, 0.1)
    let optimizer = IVON(learningRate: 0.05, beta1: 0.9, beta2: 0.999, weightDecay: decay)
    let key = RandomKey(seed: 4)
    let (x, _) = run(optimizer, from: [0, 0, 1, 1], steps: 20_000) { x, number in
      let noise = Vector<Double>.normal(key.folded(number), count: 2)
      var gradient = [0.0, 0, 0, 0]
      for i in 0..<2 {
        let sigma = 1 / (ess * (x[2 + i] + decay)).squareRoot()
        let g = curvature[i] * (x[i] + sigma * noise[i] - center[i])
        gradient[i] = g
        gradient[2 + i] = g * noise[i] / sigma
      }
      return gradient
    }
    for i in 0..<2 {
      #expect(abs(x[i] - curvature[i] * center[i] / (curvature[i] + decay)) < 0.05, "\(x)")
      #expect(abs(x[2 + i] - curvature[i]) < 0.15 * curvature[i], "\(x)")
    }
  }

  /// A linear model by minibatches of 9 of 10 examples, the second of each epoch with one: the exact means, and the
  /// exact precision's diagonal, in which the likelihood's part is divided by the temperature.
  @Test(arguments: [1.0, 0.5]) func theLastMinibatchOfAnEpochIsSmaller(temperature: Double) throws {
    let (scale, noise) = (0.3, 0.5)
    let data: Examples<Double> = examples(.gaussian(scale: 1), rows: 10, inputs: 1, outputs: 1)
    guard case .values(let targets) = data.targets else { return }
    let exact = try BayesianLinearModel(
      features: Matrix((0..<10).flatMap { [data.inputs[$0, 0], 1] }, rows: 10, columns: 2),
      targets: targets.elements.array, priorPrecision: temperature / (scale * scale),
      noisePrecision: 1 / (noise * noise))
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: noise),
      prior: GaussianPrior(scale: scale))
    let method = VariationalOnlineNewton(samples: 4, hessian: 1, beta2: 0.999, temperature: temperature)
    let objective: any MinibatchObjective<Double> = method.objective(
      model, initialization: PosteriorInitialization(), maximumRows: 9)
    let trainer = try Trainer(
      objective,
      settings: TrainingSettings(
        optimizer: method.optimizer(from: SGD(), learningRate: 0.01, model: model, examples: 10), batchSize: 9,
        steps: 40_000), data: data, key: RandomKey(seed: 3))
    var (means, precisions) = ([0.0, 0], [0.0, 0])
    while !trainer.isFinished {
      try trainer.step()
      guard trainer.state.step > 10_000 else { continue }
      let state = trainer.state.parameters
      for i in 0..<2 {
        means[i] += state[i] / 30_000
        precisions[i] += (10 / temperature * state[2 + i] + 1 / (scale * scale)) / 30_000
      }
    }
    for i in 0..<2 {
      #expect(abs(means[i] - exact.mean[i]) < 0.03, "\(means), \(exact.mean.array)")
      // Of the tempered posterior: H / T, where the prior's precision in H was multiplied with T.
      #expect(abs(precisions[i] * temperature / exact.precision[i, i] - 1) < 0.1, "\(precisions)")
    }
  }

  /// h + weightDecay stays positive however negative the estimates of the curvature are.
  @Test func theCurvatureStaysPositive() {
    let optimizer = IVON(learningRate: 0, beta2: 0.5, weightDecay: 0.1)
    _ = run(
      optimizer, from: [0.0, 1.0], steps: 200, record: { #expect($1[1] + 0.1 > 0) }
    ) { _, number in [0, number % 3 == 0 ? 2 : -50] }
  }
}
