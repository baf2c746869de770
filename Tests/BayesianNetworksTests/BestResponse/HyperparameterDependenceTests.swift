import Autodiff
import BayesianNetworks
import Probability
import Tensors
import Testing

/// Which hyperparameters there is anything to be learned about.
@Suite struct HyperparameterDependenceTests {
  /// L is a function of the second alone, and Q of the second and the third.
  @Test func whatNeitherLossDependsOnIsNamed() {
    var problem = ExpressionProblem.scalarRidge()
    problem.hyperparameterCount = 4
    problem.loss = { w, h in (w - 2.0).squared() + h.slice(from: 1, shape: [1]).exp() * w.squared() }
    problem.quality = { w, h in w.squared() * h.slice(from: 2, shape: [1]) + h.slice(from: 1, shape: [1]) }
    let (center, key) = ([0.0, 1, 0, -1], RandomKey(seed: 3))
    #expect(problem.independentHyperparameters(around: center, key: key) == [0, 2, 3])
    #expect(problem.ineffectiveHyperparameters(around: center, key: key) == [0, 3])
  }

  /// At such rates hardly any mask of the few has a slope in single precision.
  @Test(arguments: [-12.0, -9, 9, 12]) func ratesNearTheirEndsAreNoneOfThem(logit: Double) {
    let examples: Examples<Float> = smoothExamples(rows: 6, inputs: 2, seed: 1)
    let problem = PointEstimateProblem<Float>(
      Network(inputs: 2, hidden: [2], outputs: 1, activation: .tanh, dropout: 0.2, inputDropout: 0.1),
      .gaussian(scale: 0.5), prior: .absent, tuning: [.dropout, .inputDropout], training: examples, validation: examples
    )
    for seed in 0..<20 {
      let key = RandomKey(seed: UInt64(seed))
      #expect(problem.independentHyperparameters(around: [logit, logit], key: key) == [])
    }
  }

  /// Inputs that are all 0 have nothing to be dropped; Q does not depend on the rate in any case.
  @Test func dropoutOfNothingIsNamed() {
    let some: Examples<Float> = smoothExamples(rows: 40, inputs: 2, seed: 1)
    let examples = Examples(inputs: Matrix(Vector(count: 80), rows: 40, columns: 2), targets: some.targets)
    let network = Network(inputs: 2, hidden: [3], outputs: 1, activation: .tanh, dropout: 0.2, inputDropout: 0.1)
    let problem = PointEstimateProblem<Float>(
      network, .gaussian(scale: 0.5), prior: .gaussian(.layers), tuning: [.noise, .dropout, .inputDropout],
      training: examples, validation: examples)
    let center = [0, 0, -1, -1, -1.0]
    #expect(problem.ineffectiveHyperparameters(around: center, key: RandomKey(seed: 2)) == [4])
    let folded = FoldedProblem(problem, folds: CrossValidation(count: 40, folds: 4, key: RandomKey(seed: 5)))
    #expect(folded.ineffectiveHyperparameters(around: center, key: RandomKey(seed: 2)) == [4])
  }

  @Test func allThatABoundDependsOnIsThere() {
    let examples: Examples<Float> = smoothExamples(rows: 40, seed: 1)
    let network = Network(inputs: 3, hidden: [4], outputs: 1, activation: .tanh)
    for prior in [VariationalProblem<Float>.PriorFamily.gaussian(.layers), .scaleMixture] {
      let problem = VariationalProblem(
        network, .gaussian(scale: 0.5), prior: prior, tunesNoise: true, tunesTemperature: true, tunesInputNoise: true,
        objective: .validation(examples), training: examples)
      let center = Array(repeating: -3.0, count: problem.hyperparameterCount)
      #expect(problem.independentHyperparameters(around: center, key: RandomKey(seed: 4)) == [])
    }
  }
}
