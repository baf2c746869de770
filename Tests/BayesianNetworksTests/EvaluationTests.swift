import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct EvaluationTests {
  /// A posterior without uncertainty, so that every score has a closed form: y = 2 x.
  func fixture(scale: Double = 1, learned: Bool = false) -> (BayesianModel, TrainingState<Double>, Examples<Double>) {
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.5, learned: learned),
      prior: GaussianPrior(scale: 1))
    let rho = Double.inverseSoftplus(1e-9)
    let state = TrainingState<Double>(
      parameters: Vector([2, 0, rho, rho] + (learned ? [log(0.5)] : [])), optimizer: [], step: 0)
    let data = Examples<Double>(
      inputs: Matrix([1, 2, 3], rows: 3, columns: 1),
      targets: .values(Matrix([2.5, 4, 5].map { $0 / scale }, rows: 3, columns: 1)))
    return (model, state, data)
  }

  @Test func scoresOfAKnownPosterior() {
    let (model, state, data) = fixture()
    let metrics = Evaluation(samples: 3, key: RandomKey(seed: 1)).metrics(
      of: state.variationalPosterior(of: model), model: model, training: data, validation: data)
    let noise = Gaussian(scale: 0.5)
    let density = noise.logDensity(0.5) + noise.logDensity(0) + noise.logDensity(1)
    let divergence =
      Gaussian(mean: 2, scale: 1e-9).divergence(from: Gaussian())
      + Gaussian(mean: 0, scale: 1e-9).divergence(from: Gaussian())
    #expect(abs(metrics["elbo_likelihood"]! - density) < 1e-6)
    #expect(abs(metrics["elbo_complexity"]! - divergence) < 1e-6)
    #expect(metrics["elbo"] == metrics["elbo_likelihood"]! - metrics["elbo_complexity"]!)
    #expect(metrics["elbo_standard_error"]! < 1e-6)
    #expect(abs(metrics["lppd"]! - density / 3) < 1e-6 && abs(metrics["nll"]! + density / 3) < 1e-6)
    #expect(abs(metrics["rmse"]! - (1.25 / 3).squareRoot()) < 1e-6)
    #expect(metrics["error"] == nil && metrics["noise"] == nil && metrics["ece"]! > 0)
  }

  /// The same model of targets in other units: y = mean + scale z with the noise scaled likewise.
  @Test func scoresAreInTheUnitsOfTheTargets() {
    let (model, state, data) = fixture(learned: true)
    let plain = Evaluation(samples: 2, key: RandomKey(seed: 1)).metrics(
      of: state.variationalPosterior(of: model), model: model, training: data, validation: data)
    let scaled = Evaluation(samples: 2, scaling: TargetScaling(mean: 7, scale: 10), key: RandomKey(seed: 1)).metrics(
      of: state.variationalPosterior(of: model), model: model, training: data, validation: data)
    #expect(abs(scaled["rmse"]! - 10 * plain["rmse"]!) < 1e-12)
    #expect(abs(scaled["noise"]! - 5) < 1e-12)
    #expect(abs(scaled["lppd"]! - (plain["lppd"]! - log(10))) < 1e-12)
    #expect(abs(scaled["nll"]! - (plain["nll"]! + log(10))) < 1e-12)
    #expect(abs(scaled["elbo"]! - (plain["elbo"]! - 3 * log(10))) < 1e-12)
    #expect(scaled["ece"] == plain["ece"] && scaled["elbo_complexity"] == plain["elbo_complexity"])
    // A density of y = 10 z, computed in the units of y.
    let wide = Gaussian(scale: 5)
    #expect(abs(scaled["lppd"]! - (wide.logDensity(5) + wide.logDensity(0) + wide.logDensity(10)) / 3) < 1e-6)
  }

  @Test func blocksChangeNothingAndKeysDo() {
    let model = BayesianModel(
      network: Network(inputs: 3, hidden: [6], outputs: 4), likelihood: .categorical, prior: priors[2])
    let state = TrainingState<Float>(
      model, optimizer: Adam(), initialization: PosteriorInitialization(mean: 1, rhoLow: -1, rhoHigh: 0),
      key: RandomKey(seed: 1))
    let data: Examples<Float> = examples(.categorical, rows: 40, inputs: 3, outputs: 4)
    var evaluation = Evaluation(samples: 5, key: RandomKey(seed: 2))
    let one = evaluation.metrics(
      of: state.variationalPosterior(of: model), model: model, training: data, validation: data)
    #expect(
      one
        == evaluation.metrics(of: state.variationalPosterior(of: model), model: model, training: data, validation: data)
    )
    evaluation.blockRows = 7
    let blocks = evaluation.metrics(
      of: state.variationalPosterior(of: model), model: model, training: data, validation: data)
    #expect(one.keys == blocks.keys)
    for (name, value) in one { #expect(abs(value - blocks[name]!) < 1e-5 * max(1, abs(value))) }
    evaluation.key = RandomKey(seed: 3)
    #expect(
      evaluation.metrics(of: state.variationalPosterior(of: model), model: model, training: data, validation: data)[
        "lppd"] != one["lppd"])
    #expect(one["error"] != nil && one["rmse"] == nil && one["elbo_standard_error"]! > 0)
    evaluation.samples = 1
    let single = evaluation.metrics(
      of: state.variationalPosterior(of: model), model: model, training: data, validation: data)
    #expect(single["elbo_standard_error"] == nil)
  }

  /// The sampled complexity of a prior with a closed form is within its standard error of it.
  @Test func sampledComplexityAgreesWithTheClosedForm() {
    for prior in priors[0..<2] {
      let model = BayesianModel(
        network: Network(inputs: 3, hidden: [6], outputs: 2), likelihood: .gaussian(scale: 1), prior: prior)
      let state = TrainingState<Double>(
        model, optimizer: Adam(), initialization: PosteriorInitialization(mean: 0.5, rhoLow: -2, rhoHigh: -1),
        key: RandomKey(seed: 1))
      let data: Examples<Double> = examples(.gaussian(scale: 1), rows: 10, inputs: 3, outputs: 2)
      let evaluation = Evaluation(samples: 2000, key: RandomKey(seed: 2))
      let closed = evaluation.lowerBound(of: state.variationalPosterior(of: model), model: model, data: data)
      let sampled = evaluation.lowerBound(
        of: state.variationalPosterior(of: model), model: model, complexity: .sampled, data: data)
      #expect(closed.likelihood == sampled.likelihood)
      #expect(abs(closed.complexity - sampled.complexity) < 0.01 * closed.complexity)
    }
  }

  /// A linear model with an uncertain weight and bias predicts N(m x, noise^2 + s^2 x^2 + t^2) in closed form.
  @Test func thePredictiveDistributionIsThatOfALinearModel() {
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.5), prior: GaussianPrior())
    let (s, t) = (0.6, 0.3)
    let state = TrainingState<Double>(
      parameters: Vector([2, 0, .inverseSoftplus(s), .inverseSoftplus(t)]), optimizer: [], step: 0)
    let (inputs, targets) = ([-1.0, 0.5, 2], [-1.5, 0.5, 6.0])
    let data = Examples<Double>(
      inputs: Matrix(inputs, rows: 3, columns: 1), targets: .values(Matrix(targets, rows: 3, columns: 1)))
    let scores = Evaluation(samples: 40_000, key: RandomKey(seed: 4)).scores(
      of: MonteCarloPredictive(state.variationalPosterior(of: model), model: model), data: data)
    var density = 0.0
    for (x, y) in zip(inputs, targets) {
      let variance: Double = 0.25 + s * s * x * x + t * t
      density += Gaussian(mean: 2 * x, scale: variance.squareRoot()).logDensity(y) / 3
    }
    #expect(abs(scores["lppd"]! - density) < 0.02)
    #expect(abs(scores["nll"]! + density) < 0.02)
    #expect(abs(scores["rmse"]! - (4.5 / 3).squareRoot()) < 0.02)
  }

  @Test func progressCanEndAnEvaluation() {
    struct Stop: Error {}
    let (model, state, data) = fixture()
    var seen: [Int] = []
    #expect(throws: Stop.self) {
      try Evaluation(samples: 3, key: RandomKey(seed: 1)).metrics(
        of: state.variationalPosterior(of: model), model: model, training: data, validation: data
      ) { done, all in
        seen.append(done)
        #expect(all == 6)
        if done == 4 { throw Stop() }
      }
    }
    #expect(seen == [1, 2, 3, 4])
  }
}
