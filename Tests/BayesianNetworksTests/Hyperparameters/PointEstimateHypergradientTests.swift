import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct PointEstimateHypergradientTests {
  typealias Problem = PointEstimateProblem<Double>

  /// The scalar ridge problem as a network: at x = 1 a weight and a bias u each make v = 2 u, and two equal penalties
  /// u^2 / (2 s^2) are those of v with e^l = 1 / (2 s^2). So ln s = -(l + ln 2) / 2, with dQ/dl = -1/4 at l = 0 and the
  /// optimum l = ln 3.
  private static func ridge() -> Problem {
    func example(_ target: Double) -> Examples<Double> {
      Examples(inputs: Matrix([1], rows: 1, columns: 1), targets: .values(Matrix([target], rows: 1, columns: 1)))
    }
    return Problem(
      Network(inputs: 1, hidden: [], outputs: 1), .gaussian(scale: 1), prior: .gaussian(.global), training: example(2),
      validation: example(0.5))
  }

  @Test func scalarRidgeHasItsKnownNumbers() throws {
    let newton = ImplicitHypergradient(.newton(), tolerance: .constant(1e-12))
    let found = try firstEstimate(newton, Self.ridge(), at: [-0.5 * log(2)])
    #expect(abs(found.gradient[0] - 0.5) < 1e-9)
    #expect(abs(found.estimate.value - 0.125 - 0.5 * log(2 * Double.pi)) < 1e-9)
    #expect(found.state.weights.array.allSatisfy { abs($0 - 0.5) < 1e-9 })
    let descent = try HyperparameterDescent(
      Self.ridge(), start: Vector([0.3]), box: HyperparameterBox(lower: [-3], upper: [3]),
      settings: HyperparameterDescentSettings(method: newton, optimizer: SGD(learningRate: 1), steps: 300),
      key: RandomKey(seed: 1))
    while !descent.isFinished { try descent.step() }
    #expect(abs(descent.state.hyperparameters[0] + 0.5 * log(6)) < 1e-4)
  }

  /// Through a training with fixed noise: the gradient of the validation loss with respect to every hyperparameter.
  @Test func gradientThroughTheTrainingIsNumerical() throws {
    let problem = Problem(
      Network(inputs: 3, hidden: [4], outputs: 1, activation: .tanh, dropout: 0.2, inputDropout: 0.1),
      .gaussian(scale: 0.5), prior: .gaussian(.global), tuning: [.dropout, .inputDropout, .inputNoise],
      temperature: 0.3, training: smoothExamples(rows: 12, seed: 1), validation: smoothExamples(rows: 15, seed: 2))
    let method = UnrolledHypergradient(MomentumDescent(learningRate: 0.05, momentum: 0.5, steps: 25))
    let point = [-0.2, -1.2, -1.6, -1.0]
    let found = try firstEstimate(method, problem, at: point)
    let numerical = try centralDifferences(at: point, step: 1e-4) {
      try firstEstimate(method, problem, at: $0).estimate.value
    }
    for (a, b) in zip(found.gradient, numerical) { #expect(abs(a - b) < 1e-5 * max(1, abs(b)), "\(a) and \(b)") }
    #expect(numerical.allSatisfy { abs($0) > 1e-3 }, "\(numerical)")
  }

  /// The Gauss-Newton diagonal knows prior scales and the noise alone.
  @Test func onlineLaplaceRefusesWhatItDoesNotKnow() throws {
    func check(_ prior: Problem.PriorFamily, _ tuning: Set<Problem.Tunable>, works: Bool) {
      let data: Examples<Double> = smoothExamples(rows: 12, seed: 1)
      let problem = Problem(
        Network(inputs: 3, hidden: [4], outputs: 1, activation: .tanh, dropout: 0.2), .gaussian(scale: 0.5),
        prior: prior, tuning: tuning, training: data, validation: data)
      let method = OnlineLaplace(MomentumDescent(learningRate: 1e-3, steps: 1))
      let estimator = try? method.estimator(for: problem, batches: BatchSizes(), key: RandomKey(seed: 1))
      #expect((estimator != nil) == works, "\(prior) and \(tuning)")
    }
    check(.gaussian(.layers), [], works: true)
    check(.gaussian(.layers), [.noise], works: true)
    check(.gaussian(.layers), [.dropout], works: false)
    check(.fixed(GaussianPrior(scale: 1)), [.noise], works: false)
  }
}
