import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Every method on Bayesian linear regression, where the posterior is known.
@Suite struct MethodTests {
  static let problem = Polynomials(degree: 1)
  static let model = BayesianModel(
    network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.1), prior: GaussianPrior())
  static let data = Examples<Double>(
    inputs: Matrix(problem.inputs.map { $0[1] }, rows: 20, columns: 1),
    targets: .values(Matrix(problem.targets, rows: 20, columns: 1)))

  /// The exact posterior's mean and the inverse roots of the diagonal of its precision, for slope and intercept.
  static var exact: (mean: [Double], meanField: [Double]) {
    let (mean, _) = problem.posterior
    let hessian = problem.hessian
    return ([mean[1], mean[0]], [1 / hessian[1][1].squareRoot(), 1 / hessian[0][0].squareRoot()])
  }

  static func train(
    _ method: any InferenceMethod, _ model: BayesianModel = Self.model, data: Examples<Double> = Self.data,
    rate: Double, steps: Int, schedule: LearningRateSchedule = .constant, batchSize: Int = 20
  ) throws -> any Posterior<Double> {
    let state = try finalState(
      method, model, data: data, rate: rate, steps: steps, schedule: schedule, batchSize: batchSize)
    return try method.posterior(of: state, model: model, data: data, key: RandomKey(seed: 4))
  }

  static func finalState(
    _ method: any InferenceMethod, _ model: BayesianModel, data: Examples<Double>, rate: Double, steps: Int,
    schedule: LearningRateSchedule, batchSize: Int = 20
  ) throws -> TrainingState<Double> {
    let perEpoch = Minibatches.stepsPerEpoch(count: data.count, batchSize: batchSize)
    let trainer = try Trainer(
      method.objective(model, initialization: PosteriorInitialization(), maximumRows: 20),
      settings: TrainingSettings(
        optimizer: method.optimizer(
          from: Adam(learningRate: rate), learningRate: rate, model: model, examples: data.count),
        batchSize: batchSize, steps: steps, schedule: schedule,
        collector: method.collector(model: model, stepsPerEpoch: perEpoch, steps: steps)),
      data: data, key: RandomKey(seed: 3))
    while !trainer.isFinished { try trainer.step() }
    return trainer.state
  }

  /// Mean and standard deviation of each parameter over samples.
  static func moments(_ posterior: any Posterior<Double>, samples: Int = 4000) -> (mean: [Double], spread: [Double]) {
    let number = posterior.distinctSamples ?? samples
    let drawn = (0..<number).map { posterior.sample($0, key: RandomKey(seed: 6)).array }
    let count = posterior.count
    let mean = (0..<count).map { i in drawn.reduce(0) { $0 + $1[i] } / Double(number) }
    let spread = (0..<count).map { i in
      (drawn.reduce(0) { $0 + pow($1[i] - mean[i], 2) } / Double(max(1, number - 1))).squareRoot()
    }
    return (mean, spread)
  }

  @Test func maximumAPosterioriIsTheExactMean() throws {
    let posterior = try Self.train(MaximumAPosteriori(), rate: 0.02, steps: 4000, schedule: .cosine(steps: 4000))
    let found = posterior.sample(0, key: RandomKey(seed: 0)).array
    for (x, y) in zip(found, Self.exact.mean) { #expect(abs(x - y) < 1e-6) }
  }

  @Test func maximumLikelihoodHasNoPrior() throws {
    let posterior = try Self.train(MaximumLikelihood(), rate: 0.02, steps: 4000, schedule: .cosine(steps: 4000))
    let found = posterior.sample(0, key: RandomKey(seed: 0)).array
    let (x, y) = (Self.problem.inputs.map { $0[1] }, Self.problem.targets)
    // The grid is symmetric.
    let slope = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / x.reduce(0) { $0 + $1 * $1 }
    #expect(abs(found[0] - slope) < 1e-6 && abs(found[1] - y.reduce(0, +) / 20) < 1e-6)
    #expect(abs(found[0] - Self.exact.mean[0]) > 1e-4, "the prior must make a difference")
  }

  @Test func ivonFindsTheMeanFieldPosterior() throws {
    let method = VariationalOnlineNewton(samples: 4, hessian: 20, beta2: 0.995)
    let steps = 6000
    let state = try Self.finalState(
      method, Self.model, data: Self.data, rate: 0.05, steps: steps, schedule: .cosine(steps: steps))
    let posterior = method.posterior(of: state, model: Self.model, examples: 20)
    for i in 0..<2 {
      #expect(abs(posterior.weights.mean[i] - Self.exact.mean[i]) < 0.15 * Self.exact.meanField[i])
      #expect(abs(posterior.weights.scale[i] / Self.exact.meanField[i] - 1) < 0.06)
    }
  }

  @Test func hyperparameterAveragingFindsTheMeanFieldPosterior() throws {
    let method = HyperparameterWeightAveraging(
      BayesByBackprop(samples: 4), averaging: IterateAveraging(start: 0.6))
    let posterior = try Self.train(method, rate: 0.005, steps: 6000)
    let gaussian = try #require(posterior as? VariationalPosterior<Double>)
    for i in 0..<2 {
      #expect(abs(gaussian.weights.mean[i] - Self.exact.mean[i]) < 0.15 * Self.exact.meanField[i])
      #expect(abs(gaussian.weights.scale[i] / Self.exact.meanField[i] - 1) < 0.06)
    }
  }

  @Test func chainsHaveTheMomentsOfThePosterior() throws {
    // The features are orthogonal on the symmetric grid: the exact posterior has a diagonal precision.
    let methods: [(any InferenceMethod, Double)] = [
      (LangevinDynamics(burnIn: 0.1, samples: 40_000), 1e-3),
      (PreconditionedLangevinDynamics(burnIn: 0.1, samples: 40_000, decay: 0.999, epsilon: 1), 2e-3),
      (
        CyclicalLangevinDynamics(cycles: LangevinCycles(cycles: 2, exploration: 0.3), samples: 40_000), 2e-3
      ),
    ]
    for (method, rate) in methods {
      let found = Self.moments(try Self.train(method, rate: rate, steps: 60_000))
      for i in 0..<2 {
        #expect(abs(found.mean[i] - Self.exact.mean[i]) < 0.15 * Self.exact.meanField[i], "\(method)")
        #expect(abs(found.spread[i] / Self.exact.meanField[i] - 1) < 0.1, "\(method): \(found.spread)")
      }
    }
  }

  /// The radial posterior has the moments E w = mean, Var w = scale^2 / d: its best scale is not that of the Gaussian.
  @Test func theRadialPosteriorFindsTheMean() throws {
    let posterior = try Self.train(Radial(samples: 8), rate: 0.02, steps: 5000, schedule: .cosine(steps: 5000))
    let radial = try #require(posterior as? RadialPosterior<Double>)
    for i in 0..<2 {
      #expect(abs(radial.weights.mean[i] - Self.exact.mean[i]) < 0.2 * Self.exact.meanField[i])
      // Minimise (scale^2 / d) H / 2 - log scale.
      #expect(abs(radial.weights.scale[i] / (2.0.squareRoot() * Self.exact.meanField[i]) - 1) < 0.06)
    }
  }

  /// The complexity is an estimate of what the posterior's own density gives.
  @Test func theRadialComplexityIsThatOfItsDensity() {
    let model = ObjectiveTests.model(.gaussian(scale: 0.5))
    let objective = RadialObjective<Double>(
      model, samples: 40, initialization: ObjectiveTests.wide, maximumRows: 6)
    let data: Examples<Double> = examples(model.likelihood, rows: 6, inputs: 3, outputs: 2)
    let parameters = objective.initialParameters(key: RandomKey(seed: 1))
    var gradient = Vector<Double>(count: parameters.count)
    let averaged =
      (0..<50).map {
        objective.evaluate(
          data, batchFraction: 1, parameters: parameters, key: RandomKey(seed: UInt64($0)), gradient: &gradient
        ).complexity
      }.reduce(0, +) / 50
    let n = model.network.parameterCount
    let posterior = RadialPosterior(
      DiagonalGaussian(mean: parameters[0..<n], rho: parameters[n..<(2 * n)]),
      regions: model.network.affineLayers.map(\.range))
    var weights = Vector<Double>(count: n)
    let differences = (0..<20_000).map { index in
      let base = weights.unsafeMutablePointer()
      let density = posterior.sampleWithLogDensity(index, key: RandomKey(seed: 2), into: base)
      return density - model.prior.logDensity(base, count: n, gradient: nil, weight: 0)
    }
    let estimate = Estimate.mean(differences)
    #expect(abs(averaged - estimate.value) < 5 * (estimate.standardError ?? 0) + 0.05)
  }

  @Test func averagesOfIteratesAreAroundTheMean() throws {
    for method in [StochasticWeightAveraging(), SWAGaussian()] as [any InferenceMethod] {
      let found = Self.moments(try Self.train(method, rate: 0.01, steps: 4000, batchSize: 5))
      for i in 0..<2 { #expect(abs(found.mean[i] - Self.exact.mean[i]) < 0.01, "\(method): \(found.mean)") }
    }
  }

  @Test func tooShortATrainingIsAnError() {
    for method in [
      StochasticWeightAveraging(IterateAveraging(start: 0.5, everyEpochs: 9)), SWAGaussian(),
      HyperparameterWeightAveraging(),
      LangevinDynamics(),
    ] as [any InferenceMethod] {
      #expect(throws: TrainingError.self, "\(method)") { try Self.train(method, rate: 0.01, steps: 0) }
    }
  }

  /// Dropout in training and in the posterior's samples: the spread of a sample's outputs is that of random masks.
  @Test func dropoutHasASpread() throws {
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [16], outputs: 1, dropout: 0.2), likelihood: .gaussian(scale: 0.1),
      prior: GaussianPrior())
    let posterior = try Self.train(MonteCarloDropout(), model, rate: 0.01, steps: 200)
    let found = Self.moments(posterior, samples: 200)
    // Weights out of the hidden units are dropped, those into them are not.
    #expect(found.spread[0..<32].allSatisfy { $0 < 1e-12 } && found.spread[32..<48].contains { $0 > 1e-3 })
  }

  /// Dropped weights stand for dropped inputs of a dense layer, and for nothing else: here they would be dropped after
  /// tanh instead of before it, and not at all behind the last layer.
  @Test func dropoutThatWeightsCannotStandFor() throws {
    for layers in [
      [.dense(units: 4), .dropout(rate: 0.2), .activation(.tanh), .dense(units: 1)],
      [.dense(units: 1), .dropout(rate: 0.2)],
    ] as [[Layer]] {
      let model = BayesianModel(
        network: try Network(input: .features(1), layers: layers), likelihood: .gaussian(scale: 0.1),
        prior: GaussianPrior())
      #expect(throws: TrainingError.self) { try Self.train(MonteCarloDropout(), model, rate: 0.01, steps: 1) }
    }
  }
}
