import Probability
package import Tensors

/// DrMAD (Fu, Luo, Feng, Low and Chua 2016): the backward pass of `UnrolledHypergradient` along the straight line from
/// the first weights to the last, so that nothing of the path is stored or undone:
///
///     theta^(tau - 1) = theta_0 + (tau - 1) / eta (theta^eta - theta_0),   tau = eta ... 1
///
/// (The lecture "Bayesian multimodelling" prints theta_0 + (tau - 1) / eta theta^eta.) The first part of the path, where the
/// weights are far from straight, is left out, and of the rest every few steps are taken together. Exact where the path is
/// straight and evenly spaced and all of its steps are taken. Learning rate and momentum get no gradient.
package struct DistilledHypergradient: HypergradientMethod, Hashable {
  package var descent: MomentumDescent
  package var start: TrainingStart
  /// The part of the path, from its beginning, that the backward pass does not go through.
  package var skippedPart: Double
  /// Steps of the path for each product with the Hessian.
  package var stride: Int

  package init(
    _ descent: MomentumDescent, start: TrainingStart = .initial, skippedPart: Double = 0.05, stride: Int = 1
  ) {
    self.descent = descent
    self.start = start
    self.skippedPart = skippedPart
    self.stride = stride
  }

  package func estimator<Problem: BilevelProblem>(
    for problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) -> any HypergradientEstimator<Problem.Scalar> {
    try DistilledEstimator(self, problem, batches: batches, key: key)
  }
}

final class DistilledEstimator<Problem: BilevelProblem>: HypergradientEstimator {
  typealias Scalar = Problem.Scalar

  private let method: DistilledHypergradient
  private let derivatives: BilevelDerivatives<Problem>
  private let run: DescentRun<Problem>
  private let initialWeights: Vector<Scalar>
  private let velocity: Workspace<Scalar>
  private let beginning: Workspace<Scalar>
  private let point: Workspace<Scalar>
  private let adjoint: PathAdjoint<Problem>

  init(
    _ method: DistilledHypergradient, _ problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) {
    guard method.skippedPart >= 0, method.skippedPart < 1 else {
      throw .badSetting(
        name: "the skipped part of the path", found: "\(method.skippedPart)", expected: "at least 0 and below 1")
    }
    guard method.stride >= 1 else {
      throw .badSetting(name: "the stride along the path", found: "\(method.stride)", expected: "at least 1")
    }
    self.method = method
    derivatives = try BilevelDerivatives(problem, batches: batches, key: key.folded(1))
    run = try DescentRun(derivatives, method.descent)
    initialWeights = problem.initialWeights(key: key.folded(0))
    let count = derivatives.weightCount
    (velocity, beginning, point) = (Workspace(count), Workspace(count), Workspace(count))
    adjoint = PathAdjoint(
      derivatives, learningRate: method.descent.learningRate, momentum: method.descent.momentum)
  }

  var workspaceCount: Int { derivatives.workspaceCount }
  var exampleCount: Int { derivatives.problem.validation.count }

  func initialState() -> WeightState<Scalar> { WeightState(weights: initialWeights) }

  func estimate(
    hyperparameters: UnsafePointer<Scalar>, step: Int, state: inout WeightState<Scalar>,
    gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> HypergradientEstimate {
    let (count, steps) = (derivatives.weightCount, method.descent.steps)
    let first = method.start == .warm ? state.trainingSteps : 0
    let weights = state.weights.unsafeMutablePointer()
    if method.start == .initial {
      withExtendedLifetime(initialWeights) { Scalar.copy(initialWeights.unsafePointer, into: weights, count: count) }
    }
    Scalar.copy(weights, into: beginning.base, count: count)
    Scalar.fill(velocity.base, with: 0, count: count)
    let end = try run.run(
      weights: weights, velocity: velocity.base, hyperparameters: hyperparameters, first: first, hyperStep: step)
    state.trainingSteps += steps
    let value = adjoint.begin(weights: weights, hyperparameters: hyperparameters, step: step, into: gradient)
    let last = Int((method.skippedPart * Double(steps)).rounded(.up))
    var tau = steps
    while tau > last {
      let taken = min(method.stride, tau - last)
      // The middle of the steps that are taken.
      let part = (Double(tau - 1) - 0.5 * Double(taken - 1)) / Double(steps)
      Scalar.interpolate(beginning.base, weights, part: Scalar(part), into: point.base, count: count)
      adjoint.pull(
        steps: taken, weights: point.base, hyperparameters: hyperparameters, step: first + tau - 1, into: gradient)
      try adjoint.check(step: step, trainingStep: tau - 1)
      tau -= taken
    }
    withExtendedLifetime(state) {}
    return HypergradientEstimate(value: value, trainingLoss: end.loss)
  }
}

extension TensorScalar {
  /// z = x + part (y - x)
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  fileprivate static func interpolate(
    _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, part: Self, into z: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { z[i] = x[i].addingProduct(part, y[i] - x[i]) }
  }
}
