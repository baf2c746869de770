import Autodiff
import BayesianNetworks
import Foundation
import Tensors
import Testing

/// The scalar ridge problem, where everything is known: dQ/dl = -0.25 at l = 0, and the optimum ln 3.
@Suite struct ScalarRidgeTests {
  static let descent = MomentumDescent(learningRate: 0.15, momentum: 0.5, steps: 100)
  static let exact: [any HypergradientMethod] = [
    ImplicitHypergradient(.newton(), tolerance: .constant(1e-12)),
    ImplicitHypergradient(
      .descent(MomentumDescent(learningRate: 0.15, steps: 500)), solver: .neumann(terms: 100),
      tolerance: .constant(1e-12)),
    UnrolledHypergradient(descent),
  ]
  static let descending: [any HypergradientMethod] =
    exact + [
      DistilledHypergradient(descent), DistilledHypergradient(descent, stride: 2),
      GreedyHypergradient(MomentumDescent(learningRate: 0.15, steps: 1)),
      GreedyHypergradient(MomentumDescent(learningRate: 0.15, steps: 3), mixed: .difference()),
    ]

  @Test(arguments: exact.indices) func gradientAtZero(_ index: Int) throws {
    let found = try firstEstimate(Self.exact[index], ExpressionProblem.scalarRidge(), at: [0])
    #expect(abs(found.gradient[0] + 0.25) < 1e-9)
    #expect(abs(found.estimate.value - 0.125) < 1e-9)
    #expect(abs(found.state.weights[0] - 1) < 1e-9)
  }

  /// The only curvature is the largest one: a damping of a quarter of it divides the response by 1.25.
  @Test func dampingRelativeToTheCurvature() throws {
    let method = ImplicitHypergradient(
      .newton(), solver: .conjugateGradients(relativeDamping: 0.25), tolerance: .constant(1e-12))
    let found = try firstEstimate(method, ExpressionProblem.scalarRidge(), at: [0])
    #expect(abs(found.gradient[0] + 0.2) < 1e-9)
    #expect(throws: HypergradientError.self) {
      let negative = ImplicitHypergradient(.newton(), solver: .conjugateGradients(relativeDamping: -1))
      _ = try firstEstimate(negative, ExpressionProblem.scalarRidge(), at: [0])
    }
  }

  /// dw*/dl at the optimum, through Q = w.
  @Test func responseAtTheOptimum() throws {
    var problem = ExpressionProblem.scalarRidge()
    problem.quality = { w, _ in w }
    let found = try firstEstimate(Self.exact[0], problem, at: [log(3)])
    #expect(abs(found.gradient[0] + 0.375) < 1e-10)
  }

  @Test(arguments: descending.indices) func everyMethodEndsAtTheOptimum(_ index: Int) throws {
    let isGreedy = Self.descending[index] is GreedyHypergradient
    for start in [-1, 0.5, 2.0] {
      let descent = try HyperparameterDescent(
        ExpressionProblem.scalarRidge(), start: Vector([start]), box: HyperparameterBox(lower: [-3], upper: [4]),
        settings: HyperparameterDescentSettings(
          method: Self.descending[index], optimizer: SGD(learningRate: isGreedy ? 1 : 3), steps: isGreedy ? 1500 : 400),
        key: RandomKey(seed: 1))
      while !descent.isFinished { try descent.step() }
      #expect(abs(descent.state.hyperparameters[0] - log(3)) < 1e-4, "from \(start)")
      #expect(descent.state.bestValue < 1e-8)
    }
  }

  @Test func theBoxHolds() throws {
    let descent = try HyperparameterDescent(
      ExpressionProblem.scalarRidge(), start: Vector([0.0]), box: HyperparameterBox(lower: [-3], upper: [0.5]),
      settings: HyperparameterDescentSettings(method: Self.exact[0], optimizer: SGD(learningRate: 1), steps: 30),
      key: RandomKey(seed: 1))
    while !descent.isFinished { try descent.step() }
    #expect(descent.state.hyperparameters[0] == 0.5)
    #expect(descent.state.trajectory.count == 30)
    #expect(descent.state.trajectory[0].hyperparameters == [0])
    // Q falls all the way to the bound.
    #expect(zip(descent.state.values, descent.state.values.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(descent.state.bestHyperparameters[0] == 0.5)
  }

  /// The schedule is a factor of the hyper-learning-rate.
  @Test func theScheduleScalesTheSteps() throws {
    let descent = try HyperparameterDescent(
      ExpressionProblem.scalarRidge(), start: Vector([0.0]), box: HyperparameterBox(lower: [-3], upper: [4]),
      settings: HyperparameterDescentSettings(
        method: Self.exact[0], optimizer: SGD(learningRate: 0.1), schedule: .step(every: 1, factor: 0), steps: 3),
      key: RandomKey(seed: 1))
    while !descent.isFinished { try descent.step() }
    #expect(abs(descent.state.hyperparameters[0] - 0.025) < 1e-9)
  }
}
