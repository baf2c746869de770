import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct VariationalProblemTests {
  private static let network = Network(inputs: 2, hidden: [4], outputs: 1, activation: .tanh)

  private static func problem(
    _ prior: VariationalProblem<Double>.PriorFamily, samples: Int = 1, tunesNoise: Bool = true
  ) -> VariationalProblem<Double> {
    let x = Vector<Double>.normal(RandomKey(seed: 70), count: 24)
    let y = (0..<12).map { sin(x[2 * $0]) + 0.2 * x[2 * $0 + 1] }
    return VariationalProblem(
      network, .gaussian(scale: 0.3), prior: prior, tunesNoise: tunesNoise, samples: samples,
      initialization: .init(mean: 0.5, rhoLow: -2, rhoHigh: -1),
      training: Examples(inputs: Matrix(x, rows: 12, columns: 2), targets: .values(Matrix(y, rows: 12, columns: 1))))
  }

  /// Q on all examples, which is L but in the last test, as the mean over some keys.
  private static func loss(
    _ problem: VariationalProblem<Double>, _ weights: Vector<Double>, _ h: [Double], keys: Int
  ) -> (mean: Double, error: Double) {
    let (w, hyper) = (
      Variable<Double>.input([problem.weightCount], name: "weights"),
      Variable<Double>.input([problem.hyperparameterCount], name: "hyperparameters")
    )
    let batch = ExampleVariables(rows: problem.validation.count, of: problem.validation)
    let value = problem.validationLoss(batch, weights: w, hyperparameters: hyper, noise: [0])
    let program = Program(inputs: [w, hyper, batch.inputs, batch.targets], outputs: [value])
    guard case .values(let targets) = problem.validation.targets else { return (.nan, .nan) }
    let point = Vector(h)
    let values = withExtendedLifetime((weights, point, problem, targets)) {
      program.bind(input: 0, to: weights.unsafePointer)
      program.bind(input: 1, to: point.unsafePointer)
      program.bind(input: 2, to: problem.validation.inputs.unsafePointer)
      program.bind(input: 3, to: targets.unsafePointer)
      return (0..<keys).map { key -> Double in
        program.run(key: RandomKey(seed: 71).folded(key))
        return program.output(0)[0]
      }
    }
    return meanAndError(values)
  }

  private static func meanAndError(_ values: [Double]) -> (mean: Double, error: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / (count * max(1, count - 1))).squareRoot())
  }

  @Test(arguments: [
    VariationalProblem<Double>.PriorFamily.gaussian(.global), .gaussian(.layers), .gaussian(.weights), .scaleMixture,
  ])
  func lossIsDifferentiable(prior: VariationalProblem<Double>.PriorFamily) {
    let problem = Self.problem(prior, samples: 2)
    #expect(problem.hyperparameterNames.count == problem.hyperparameterCount)
    let weights = Variable<Double>.input([problem.weightCount], name: "weights")
    let h = Variable<Double>.input([problem.hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: 12, of: problem.training)
    let loss = problem.trainingLoss(batch, weights: weights, hyperparameters: h, noise: [0])
    guard case .values(let targets) = problem.training.targets else { return }
    let start = Vector<Double>.normal(RandomKey(seed: 72), count: problem.hyperparameterCount).array.map {
      0.3 * $0 - 0.5
    }
    let error = GradientCheck().error(
      of: loss, at: [(weights, problem.initialWeights(key: RandomKey(seed: 73)).array), (h, start)],
      others: [(batch.inputs, problem.training.inputs.elements.array), (batch.targets, targets.elements.array)])
    #expect(error < 1e-6)
  }

  /// The loss of Bayes by Backprop at the same hyperparameters, which samples the last layer as well.
  @Test func lossIsThatOfBayesByBackprop() throws {
    let problem = Self.problem(.gaussian(.global))
    let weights = problem.initialWeights(key: RandomKey(seed: 73))
    let ours = Self.loss(problem, weights, [log(0.7), log(0.4)], keys: 200)
    let model = BayesianModel(
      network: Self.network, likelihood: .gaussian(scale: 0.4), prior: GaussianPrior(scale: 0.7))
    let objective = VariationalObjective<Double>(
      model, method: BayesByBackprop(estimator: .localReparameterization),
      maximumRows: 12)
    var gradient = Vector<Double>(count: weights.count)
    let others = (0..<2000).map { key in
      objective.evaluate(
        problem.training, batchFraction: 1, parameters: weights, key: RandomKey(seed: 74).folded(key),
        gradient: &gradient
      ).total
    }
    let theirs = Self.meanAndError(others)
    let error = (ours.error * ours.error + theirs.error * theirs.error).squareRoot()
    #expect(abs(ours.mean - theirs.mean) < 4 * error, "\(ours), \(theirs)")
    // Integrating over the last layer takes noise away.
    #expect(ours.error * 200.0.squareRoot() < 0.8 * theirs.error * 2000.0.squareRoot())
  }

  /// Two equal components are one Gaussian, and groups of equal scales one scale.
  @Test func priorsOfOneScaleAgree() {
    let gaussian = Self.problem(.gaussian(.global), tunesNoise: false)
    let weights = gaussian.initialWeights(key: RandomKey(seed: 73))
    let exact = Self.loss(gaussian, weights, [-0.4], keys: 1).mean
    for grouping in [ScaleGrouping.layers, .weights] {
      let problem = Self.problem(.gaussian(grouping), tunesNoise: false)
      let scales = Array(repeating: -0.4, count: problem.hyperparameterCount)
      #expect(abs(Self.loss(problem, weights, scales, keys: 1).mean - exact) < 1e-10)
    }
    let expected = Self.loss(gaussian, weights, [-0.4], keys: 100)
    let mixture = Self.loss(
      Self.problem(.scaleMixture, samples: 4, tunesNoise: false), weights, [0.3, -0.4, -0.4], keys: 500)
    #expect(abs(mixture.mean - expected.mean) < 4 * (mixture.error + expected.error), "\(mixture), \(expected)")
  }

  /// A validation loss has no complexity, and is that of the other examples.
  @Test func validationIsTheExpectedLikelihoodAlone() {
    let problem = Self.problem(.gaussian(.global))
    let validating = VariationalProblem(
      Self.network, .gaussian(scale: 0.3), tunesNoise: true, objective: .validation(problem.training),
      training: problem.training)
    let weights = problem.initialWeights(key: RandomKey(seed: 73))
    let near = Self.loss(validating, weights, [0, -1], keys: 1).mean
    #expect(abs(near - Self.loss(validating, weights, [2, -1], keys: 1).mean) < 1e-12)
    #expect(near < Self.loss(problem, weights, [0, -1], keys: 1).mean)
  }
}
