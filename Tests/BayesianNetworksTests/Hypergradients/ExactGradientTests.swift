import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Implicit, unrolled and numerical gradients of one problem.
@Suite struct ExactGradientTests {
  static let newton = ImplicitHypergradient(.newton(), tolerance: .constant(1e-12))

  /// Multinomial logistic regression with a Gaussian prior is convex: all ways lead to the same gradient.
  @Test(arguments: [ScaleGrouping.global, .layers, .weights])
  func implicitIsUnrolledIsNumerical(_ grouping: ScaleGrouping) throws {
    let problem = logisticProblem(grouping)
    let point = (0..<problem.hyperparameterCount).map { -0.2 + 0.1 * Double($0 % 5) }
    let numerical = try centralDifferences(at: point) { try firstEstimate(Self.newton, problem, at: $0).estimate.value }
    let implicit = try firstEstimate(Self.newton, problem, at: point)
    #expect(relativeError(implicit.gradient, numerical) < 1e-6)
    let neumann = try firstEstimate(
      ImplicitHypergradient(.newton(), solver: .neumann(terms: 2000), tolerance: .constant(1e-12)), problem, at: point)
    #expect(relativeError(neumann.gradient, implicit.gradient) < 1e-8)
    let unrolled = try firstEstimate(
      UnrolledHypergradient(MomentumDescent(learningRate: 1, momentum: 0.9, steps: 600)), problem, at: point)
    #expect(relativeError(unrolled.gradient, implicit.gradient) < 1e-7)
    #expect(abs(unrolled.estimate.value - implicit.estimate.value) < 1e-8)
    let distilled = try firstEstimate(
      DistilledHypergradient(MomentumDescent(learningRate: 1, momentum: 0.9, steps: 600)), problem, at: point)
    // The same minimum, from a path that is not: most of the gradient is from its end.
    #expect(relativeError(distilled.gradient, implicit.gradient) < 0.5)
  }

  /// The damping makes the gradient that of another problem, but a small one hardly.
  @Test func smallDampingChangesLittle() throws {
    let problem = logisticProblem(.layers)
    let implicit = try firstEstimate(Self.newton, problem, at: [0.1])
    let damped = try firstEstimate(
      ImplicitHypergradient(
        .newton(), solver: .conjugateGradients(damping: 1e-4), tolerance: .constant(1e-12)), problem, at: [0.1])
    let error = relativeError(damped.gradient, implicit.gradient)
    #expect(error < 1e-2 && error > 1e-7)
  }

  /// The unrolled gradient is that of the steps that were made, on a network that is not convex: against differences of the
  /// same steps, with respect to hyperparameters, learning rate and momentum.
  @Test(arguments: [0, 0.75]) func unrolledIsNumerical(momentum: Double) throws {
    let problem = logisticProblem(.layers, hidden: [4])
    let batches = BatchSizes(training: 5)
    func method(_ rate: Double, _ momentum: Double) -> UnrolledHypergradient {
      UnrolledHypergradient(MomentumDescent(learningRate: rate, momentum: momentum, steps: 25))
    }
    let point = [0.3, -0.4]
    func value(_ h: [Double], _ rate: Double, _ m: Double) throws -> Double {
      try firstEstimate(method(rate, m), problem, at: h, batches: batches).estimate.value
    }
    let found = try firstEstimate(method(0.4, momentum), problem, at: point, batches: batches)
    let numerical = try centralDifferences(at: point, step: 1e-3) { try value($0, 0.4, momentum) }
    #expect(relativeError(found.gradient, numerical) < 1e-5)
    let rate = try centralDifferences(at: [0.4], step: 1e-3) { try value(point, $0[0], momentum) }
    #expect(relativeError([found.estimate.learningRate ?? 0], rate) < 1e-5)
    // The momentum is a multiple of 2^-12, and so is the step.
    guard momentum > 0 else { return }
    let slope = try centralDifferences(at: [momentum], step: 0x1p-10) { try value(point, 0.4, $0[0]) }
    #expect(relativeError([found.estimate.momentum ?? 0], slope) < 1e-4)
  }

  /// T1-T2 is the gradient of one step, and DARTS's difference is near it.
  @Test func greedyIsTheGradientOfOneStep() throws {
    let problem = logisticProblem(.layers, hidden: [4])
    let descent = MomentumDescent(learningRate: 0.4, momentum: 0.5, steps: 1)
    let exact = try firstEstimate(GreedyHypergradient(descent), problem, at: [0.3, -0.4])
    let numerical = try centralDifferences(at: [0.3, -0.4]) {
      try firstEstimate(GreedyHypergradient(descent), problem, at: $0).estimate.value
    }
    #expect(relativeError(exact.gradient, numerical) < 1e-6)
    let difference = try firstEstimate(GreedyHypergradient(descent, mixed: .difference()), problem, at: [0.3, -0.4])
    #expect(relativeError(difference.gradient, exact.gradient) < 1e-4)
    #expect(difference.estimate.value == exact.estimate.value)
  }

  /// L = w + h w^2 / 2 at h = 0 is linear, so that the path is straight and evenly spaced, while d2L / dw dh = w is not
  /// constant along it: with Q = w_T^2 / 2, dQ/dh = -alpha w_T sum of w_t. The form that the lecture prints, which
  /// adds the last weights to the first, gives another number.
  @Test func distilledIsExactOnAStraightPath() throws {
    let problem = ExpressionProblem(
      start: [5], loss: { w, h in w + h * w.squared() * 0.5 }, quality: { w, _ in w.squared() * 0.5 })
    let descent = MomentumDescent(learningRate: 0.1, steps: 20)
    let path = (0..<20).map { 5 - 0.1 * Double($0) }
    let expected = -0.3 * path.reduce(0, +)
    for (stride, skipped, value) in [
      (1, 0.0, expected), (4, 0, expected), (3, 0, expected), (1, 0.05, expected + 0.3 * path[0]),
    ] {
      let found = try firstEstimate(
        DistilledHypergradient(descent, skippedPart: skipped, stride: stride), problem, at: [0])
      #expect(abs(found.gradient[0] - value) < 1e-10, "stride \(stride), skipped \(skipped)")
    }
    let unrolled = try firstEstimate(UnrolledHypergradient(descent), problem, at: [0])
    #expect(abs(unrolled.gradient[0] - expected) < 1e-10)
    let printed = (0..<20).map { 5 + Double($0) / 20 * 3.0 }
    #expect(abs(-0.3 * printed.reduce(0, +) - expected) > 1)
  }

  /// The folds of the lecture's cross-validation, against the closed form for linear models.
  @Test func foldsAgreeWithTheClosedForm() throws {
    let model = try polynomialModel(degree: 3)
    let data = Examples(
      inputs: model.features.dropping(column: 0),
      targets: .values(Matrix(model.targets, rows: model.rows, columns: 1)))
    let folds = CrossValidation(count: model.rows, folds: 4, key: RandomKey(seed: 2))
    let base = RegularizedNetworkProblem<Double>(
      Network(inputs: 3, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.1), grouping: .global, training: data,
      validation: data)
    let problem = FoldedProblem(base, folds: folds)
    func closed(_ logScale: Double) throws -> BayesianLinearModel.PointCrossValidation {
      try BayesianLinearModel(
        features: model.features, targets: model.targets.array, priorPrecision: exp(-2 * logScale), noisePrecision: 100
      ).pointCrossValidation(folds)
    }
    let found = try firstEstimate(Self.newton, problem, at: [-0.5])
    #expect(abs(found.estimate.value + (try closed(-0.5).quality.value)) < 1e-7)
    #expect(abs(found.estimate.trainingLoss * 20 - (try closed(-0.5).loss)) < 1e-7)
    let numerical = try centralDifferences(at: [-0.5]) { try -closed($0[0]).quality.value }
    #expect(relativeError(found.gradient, numerical) < 1e-6)
    #expect(throws: HypergradientError.self) {
      try firstEstimate(Self.newton, problem, at: [0], batches: BatchSizes(training: 5))
    }
  }

  /// Parts with data of their own, as folds are that are standardised each by its training part.
  @Test func jointProblemsAgreeWithTheClosedForm() throws {
    let model = try polynomialModel(degree: 3)
    let splits = [(0..<15, 15..<20), (8..<20, 0..<8)]
    func factor(_ part: Int) -> Double { 1 + 0.4 * Double(part) }
    func data(_ part: Int, _ rows: Range<Int>) -> (features: Matrix<Double>, targets: [Double]) {
      let features = rows.flatMap { row in (0...3).map { model.features[row, $0] * ($0 == 0 ? 1 : factor(part)) } }
      return (Matrix(features, rows: rows.count, columns: 4), rows.map { model.targets[$0] })
    }
    func examples(_ part: Int, _ rows: Range<Int>) -> Examples<Double> {
      let (features, targets) = data(part, rows)
      return Examples(
        inputs: features.dropping(column: 0), targets: .values(Matrix(targets, rows: rows.count, columns: 1)))
    }
    let problem = JointProblem(
      splits.enumerated().map { part, rows in
        RegularizedNetworkProblem<Double>(
          Network(inputs: 3, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.1), grouping: .global,
          training: examples(part, rows.0), validation: examples(part, rows.1))
      })
    func closed(_ logScale: Double) throws -> Double {
      var total = 0.0
      for (part, rows) in splits.enumerated() {
        let (features, targets) = data(part, rows.0)
        let w = try BayesianLinearModel(
          features: features, targets: targets, priorPrecision: exp(-2 * logScale), noisePrecision: 100
        ).mean
        let (heldOut, expected) = data(part, rows.1)
        for (row, y) in expected.enumerated() {
          let error = y - (0..<4).reduce(0) { $0 + heldOut[row, $1] * w[$1] }
          total += (50 * error * error + log(0.1) + 0.5 * log(2 * Double.pi)) * 13 / Double(2 * expected.count)
        }
      }
      return total
    }
    let found = try firstEstimate(Self.newton, problem, at: [-0.5])
    #expect(abs(found.estimate.value - (try closed(-0.5))) < 1e-7)
    let numerical = try centralDifferences(at: [-0.5]) { try closed($0[0]) }
    #expect(relativeError(found.gradient, numerical) < 1e-6)
  }
}

extension Matrix where Scalar == Double {
  /// Without one column: a network has its own bias.
  func dropping(column: Int) -> Matrix {
    Matrix(
      (0..<rows).flatMap { row in (0..<columns).filter { $0 != column }.map { self[row, $0] } }, rows: rows,
      columns: columns - 1)
  }
}
