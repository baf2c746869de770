import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct OnlineLaplaceTests {
  /// Bayesian linear regression, where Laplace's evidence is exact: value and gradient at the trained weights, with the
  /// whole Hessian, with respect to the logarithms of the prior's and the noise's scale.
  @Test func theEvidenceOfALinearModelIsExact() throws {
    let model = try polynomialModel(degree: 3)
    let data = Examples(
      inputs: model.features.dropping(column: 0), targets: .values(Matrix(model.targets, rows: 20, columns: 1)))
    let problem = RegularizedNetworkProblem<Double>(
      Network(inputs: 3, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.3, learned: true), grouping: .global,
      training: data, validation: data)
    let method = OnlineLaplace(
      MomentumDescent(learningRate: 0.005, momentum: 0.9, steps: 4000), curvature: .hessian())
    for (logScale, logNoise) in [(0, log(0.1)), (-1.0, -1.5)] {
      let found = try firstEstimate(method, problem, at: [logScale, logNoise])
      let exact = try BayesianLinearModel(
        features: model.features, targets: model.targets.array, priorPrecision: exp(-2 * logScale),
        noisePrecision: exp(-2 * logNoise))
      #expect(abs(found.estimate.value + exact.logEvidence) < 1e-8)
      // ln precision = -2 ln scale, and Q is minus the evidence.
      let expected = exact.logEvidenceGradient
      #expect(relativeError(found.gradient, [2 * expected.logPriorPrecision, 2 * expected.logNoisePrecision]) < 1e-7)
    }
  }

  /// The Gauss-Newton diagonal's gradient is that of its value, with weights and curvature as they are.
  @Test(arguments: [ScaleGrouping.global, .layers, .weights])
  func theDiagonalsGradientIsNumerical(_ grouping: ScaleGrouping) throws {
    for likelihood in [Likelihood.categorical, .gaussian(scale: 0.4, learned: true)] {
      let problem = RegularizedNetworkProblem<Double>(
        Network(inputs: 3, hidden: [4], outputs: 3, activation: .tanh), likelihood: likelihood, grouping: grouping,
        training: examples(likelihood, rows: 30, inputs: 3, outputs: 3),
        validation: examples(
          likelihood, rows: 3, inputs: 3, outputs: 3))
      // Weights that hardly move in the one step, so that Q is a function of the hyperparameters alone.
      let method = OnlineLaplace(MomentumDescent(learningRate: 1e-12, steps: 1))
      let point = (0..<problem.hyperparameterCount).map { 0.3 - 0.1 * Double($0 % 7) }
      let found = try firstEstimate(method, problem, at: point)
      let numerical = try centralDifferences(at: point) { try firstEstimate(method, problem, at: $0).estimate.value }
      #expect(relativeError(found.gradient, numerical) < 1e-6)
    }
  }

  /// The Hessian's gradient too, at weights where it is positive definite.
  @Test func theHessiansGradientIsNumerical() throws {
    let problem = logisticProblem(.weights)
    let method = OnlineLaplace(MomentumDescent(learningRate: 1e-12, steps: 1), curvature: .hessian())
    let point = (0..<problem.hyperparameterCount).map { 0.3 - 0.1 * Double($0 % 7) }
    let found = try firstEstimate(method, problem, at: point)
    let numerical = try centralDifferences(at: point) { try firstEstimate(method, problem, at: $0).estimate.value }
    #expect(relativeError(found.gradient, numerical) < 1e-6)
  }
}
