import Probability
package import Tensors

/// Greedy hypergradients, T1-T2 (Luketina, Berglund, Greff and Raiko 2016): after every step T of the training,
///
///     dQ(T(w, h), h)/dh = Q_h - M' P Q_w,   M = d2l/dw dh,
///
/// with Q_w at the new weights and the length P of the step: alpha (1 - beta) of momentum descent, a number for each weight
/// of Adam. The identity stands in the place of the inverse Hessian, and one step in that of the whole
/// path. One product with the mixed second derivative: O(weights + hyperparameters), without a Jacobian.
package struct GreedyHypergradient: HypergradientMethod {
  /// How the product with the mixed second derivative is computed.
  package enum Mixed: Hashable, Sendable {
    /// By differentiating twice.
    case exact
    /// [l_h(w + e u) - l_h(w - e u)] / 2e with e = scale / |u| (DARTS, Liu, Simonyan and Yang 2019, eq. 8).
    case difference(scale: Double = 0.01)
  }

  /// `steps` steps of the training for each gradient; the gradient is through the last one.
  package var descent: any InnerDescent
  package var mixed: Mixed

  package init(_ descent: any InnerDescent, mixed: Mixed = .exact) {
    self.descent = descent
    self.mixed = mixed
  }

  package func estimator<Problem: BilevelProblem>(
    for problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) -> any HypergradientEstimator<Problem.Scalar> {
    try GreedyEstimator(self, problem, batches: batches, key: key)
  }
}

final class GreedyEstimator<Problem: BilevelProblem>: HypergradientEstimator {
  typealias Scalar = Problem.Scalar

  private let method: GreedyHypergradient
  private let derivatives: BilevelDerivatives<Problem>
  /// All steps but the last, where there are more.
  private let before: DescentRun<Problem>?
  private let last: DescentRun<Problem>
  private let key: RandomKey
  /// The weights before the last step.
  private let earlier: Workspace<Scalar>
  private let direction: Workspace<Scalar>
  private let shifted: Workspace<Scalar>
  private let product: Workspace<Scalar>
  private let other: Workspace<Scalar>

  init(
    _ method: GreedyHypergradient, _ problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) {
    self.method = method
    self.key = key
    derivatives = try BilevelDerivatives(problem, batches: batches, key: key.folded(1))
    try method.descent.check()
    var one = method.descent
    one.steps = 1
    last = try DescentRun(derivatives, one)
    if method.descent.steps > 1 {
      var rest = method.descent
      rest.steps -= 1
      before = try DescentRun(derivatives, rest)
    } else {
      before = nil
    }
    let (weights, hyperparameters) = (derivatives.weightCount, derivatives.hyperparameterCount)
    earlier = Workspace(weights)
    direction = Workspace(weights)
    product = Workspace(hyperparameters)
    derivatives.prepare([.validation])
    switch method.mixed {
    case .exact:
      (shifted, other) = (Workspace(0), Workspace(0))
      derivatives.prepare([.mixed])
    case .difference(let scale):
      guard scale.isFinite, scale > 0 else {
        throw .badSetting(name: "the scale of the difference", found: "\(scale)", expected: "a finite number above 0")
      }
      (shifted, other) = (Workspace(weights), Workspace(hyperparameters))
      derivatives.prepare([.trainingPartial])
    }
  }

  var workspaceCount: Int { derivatives.workspaceCount }
  var exampleCount: Int { derivatives.problem.validation.count }

  func initialState() -> WeightState<Scalar> {
    WeightState(
      weights: derivatives.problem.initialWeights(key: key.folded(0)),
      velocity: Vector(count: method.descent.statePerWeight * derivatives.weightCount))
  }

  func estimate(
    hyperparameters: UnsafePointer<Scalar>, step: Int, state: inout WeightState<Scalar>,
    gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> HypergradientEstimate {
    let (weights, velocity) = (state.weights.unsafeMutablePointer(), state.velocity.unsafeMutablePointer())
    let count = derivatives.weightCount
    if let before {
      let end = try before.run(
        weights: weights, velocity: velocity, hyperparameters: hyperparameters, first: state.trainingSteps,
        hyperStep: step)
      state.trainingSteps += end.steps
    }
    Scalar.copy(weights, into: earlier.base, count: count)
    let number = state.trainingSteps
    let end = try last.run(
      weights: weights, velocity: velocity, hyperparameters: hyperparameters, first: number, hyperStep: step)
    state.trainingSteps += end.steps
    let value = derivatives.evaluate(
      .validation, at: .init(weights: UnsafePointer(weights), hyperparameters: hyperparameters), step: step,
      into: direction.base, gradient)
    method.descent.scale(direction.base, state: UnsafePointer(velocity), count: count, number: number)
    switch method.mixed {
    case .exact:
      derivatives.evaluate(
        .mixed,
        at: .init(
          weights: UnsafePointer(earlier.base), hyperparameters: hyperparameters,
          direction: UnsafePointer(direction.base)), step: number, into: product.base)
      Scalar.axpy(-1, product.base, gradient, count: derivatives.hyperparameterCount)
    case .difference(let scale):
      addDifference(scale, hyperparameters, step: number, to: gradient)
    }
    withExtendedLifetime(state) {}
    return HypergradientEstimate(value: value, trainingLoss: end.loss)
  }

  private func addDifference(
    _ scale: Double, _ hyperparameters: UnsafePointer<Scalar>, step: Int,
    to gradient: UnsafeMutablePointer<Scalar>
  ) {
    let count = derivatives.weightCount
    let norm = Scalar.sumOfSquares(direction.base, count: count).squareRoot()
    guard norm > 0 else { return }
    let distance = scale / norm
    for (sign, target) in [(1.0, product), (-1.0, other)] {
      Scalar.sum(earlier.base, Scalar(sign * distance), direction.base, into: shifted.base, count: count)
      derivatives.evaluate(
        .trainingPartial, at: .init(weights: UnsafePointer(shifted.base), hyperparameters: hyperparameters),
        step: step, into: target.base)
    }
    let weight = Scalar(-1 / (2 * distance))
    Scalar.axpy(weight, product.base, gradient, count: derivatives.hyperparameterCount)
    Scalar.axpy(-weight, other.base, gradient, count: derivatives.hyperparameterCount)
  }
}
