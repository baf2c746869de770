import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Bayesian linear regression, where everything is known in closed form.
@Suite struct ConjugateTests {
  /// Computed independently, in double precision.
  @Test func theFixtureHasTheGoldenEvidence() {
    let golden = [
      -78.4234252801, 15.3777246604, 13.3851203479, 11.3282226657, 11.1316762324, 10.7442053742, 10.2022868928,
      9.6043038759, 9.3686006326, 8.8629808491,
    ]
    for degree in 0...9 { #expect(abs(Polynomials(degree: degree).logEvidence - golden[degree]) < 1e-8) }
  }

  /// The mean-field optimum has the exact means and the precisions diag(H), and its bound falls short of the evidence
  /// by (sum ln H_ii - ln det H) / 2.
  @Test(arguments: BayesByBackprop.Estimator.allCases, BayesByBackprop.Complexity.allCases)
  func theMeanFieldOptimumIsFound(estimator: BayesByBackprop.Estimator, complexity: BayesByBackprop.Complexity) throws {
    for degree in [1, 3] {
      let problem = Polynomials(degree: degree)
      let steps = 6000
      let model = BayesianModel(
        network: Network(inputs: degree, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.1),
        prior: GaussianPrior(scale: 1))
      // The layer's bias stands for the feature 1.
      let features = problem.inputs.flatMap { $0.dropFirst() }
      let data = Examples<Double>(
        inputs: Matrix(features, rows: 20, columns: degree),
        targets: .values(Matrix(problem.targets, rows: 20, columns: 1)))
      let method = BayesByBackprop(estimator: estimator, complexity: complexity, samples: 4)
      let trainer = try Trainer(
        VariationalObjective(model, method: method, maximumRows: 20),
        settings: TrainingSettings(
          optimizer: Adam(learningRate: 0.03), batchSize: 20, steps: steps, schedule: .cosine(steps: steps)),
        data: data, key: RandomKey(seed: 3))
      while !trainer.isFinished { try trainer.step() }
      let posterior = trainer.state.posterior(of: model)

      // The network's parameters are x, x^2 ... and then the bias.
      let order = Array(1...degree) + [0]
      let (mean, logDeterminant) = problem.posterior
      let scale = posterior.scale
      for (i, feature) in order.enumerated() {
        let precision = problem.hessian[feature][feature]
        #expect(abs(posterior.mean[i] - mean[feature]) < 0.15 / precision.squareRoot())
        #expect(abs(scale[i] * precision.squareRoot() - 1) < 0.04)
      }
      let gap = 0.5 * ((0...degree).reduce(0) { $0 + log(problem.hessian[$1][$1]) } - logDeterminant)
      let bound = Evaluation(samples: 4000, key: RandomKey(seed: 8)).lowerBound(
        of: trainer.state.variationalPosterior(of: model), model: model, complexity: complexity, data: data)
      let error = abs(bound.value - (problem.logEvidence - gap))
      #expect(
        error < 5 * (bound.standardError ?? 0) + 0.05, "degree \(degree): \(bound) against \(problem.logEvidence - gap)"
      )
    }
  }

  /// The best noise scale of a linear model with next to no freedom is the root of the mean squared residual.
  @Test func theNoiseIsLearned() throws {
    let problem = Polynomials(degree: 1)
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: 1, learned: true),
      prior: GaussianPrior(scale: 1))
    let data = Examples<Double>(
      inputs: Matrix(problem.inputs.map { $0[1] }, rows: 20, columns: 1),
      targets: .values(Matrix(problem.targets, rows: 20, columns: 1)))
    let steps = 6000
    let trainer = try Trainer(
      VariationalObjective(model, method: BayesByBackprop(samples: 4), maximumRows: 20),
      settings: TrainingSettings(
        optimizer: Adam(learningRate: 0.03), batchSize: 20, steps: steps, schedule: .cosine(steps: steps)),
      data: data, key: RandomKey(seed: 3))
    while !trainer.isFinished { try trainer.step() }
    let posterior = trainer.state.posterior(of: model)
    // At the optimum, noise^2 is the expected squared residual.
    let (mean, scale) = (posterior.mean, posterior.scale)
    var expected = 0.0
    for (features, target) in zip(problem.inputs, problem.targets) {
      let x = features[1]
      let residual: Double = target - mean[0] * x - mean[1]
      let spread: Double = pow(x * scale[0], 2) + pow(scale[1], 2)
      expected += (residual * residual + spread) / 20
    }
    #expect(abs((trainer.state.noise(of: model) ?? 0) / expected.squareRoot() - 1) < 0.02)
  }
}
