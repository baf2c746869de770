import Probability
package import Tensors

/// Where the training of an estimate begins.
package enum TrainingStart: Hashable, Sendable {
  /// The same initial weights, examples and noise each time: Q is a function of the hyperparameters.
  case initial
  /// Where the last estimate ended.
  case warm
}

/// The exact gradient of Q after some steps of momentum descent, by reverse differentiation through all of them: RMAD
/// (Maclaurin, Duvenaud and Adams 2015, algorithm 2). Backwards from the last step:
///
///     d alpha += dx' v;   dv += alpha dx;   d beta += dv' (v + g);   dx -= (1 - beta) H dv;   dh -= (1 - beta) M' dv;
///     dv <- beta dv
///
/// (The lecture "Bayesian multimodelling" leaves the velocity's adjoint out.) The path is not stored: each step is undone
/// exactly, in integers, which costs one more gradient a step and about 0.15 bits a weight and step for a momentum of 0.9.
/// The momentum is rounded to a multiple of 2^-12. Without momentum the velocities are stored, 8 bytes a weight and step.
package struct UnrolledHypergradient: HypergradientMethod, Hashable {
  package var descent: MomentumDescent
  package var start: TrainingStart

  package init(_ descent: MomentumDescent, start: TrainingStart = .initial) {
    self.descent = descent
    self.start = start
  }

  package func estimator<Problem: BilevelProblem>(
    for problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) -> any HypergradientEstimator<Problem.Scalar> {
    try UnrolledEstimator(self, problem, batches: batches, key: key)
  }
}

/// Runs the steps forwards and undoes them on the way back.
package final class UnrolledEstimator<Problem: BilevelProblem>: HypergradientEstimator {
  package typealias Scalar = Problem.Scalar

  private let method: UnrolledHypergradient
  private let derivatives: BilevelDerivatives<Problem>
  private let initialWeights: Vector<Scalar>
  private var path: ReversiblePath<Scalar>
  private let weights: Workspace<Scalar>
  private let velocity: Workspace<Scalar>
  private let gradient: Workspace<Scalar>
  private let adjoint: PathAdjoint<Problem>

  package init(
    _ method: UnrolledHypergradient, _ problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) {
    try method.descent.check()
    self.method = method
    derivatives = try BilevelDerivatives(problem, batches: batches, key: key.folded(1))
    initialWeights = problem.initialWeights(key: key.folded(0))
    let count = derivatives.weightCount
    path = ReversiblePath(
      count: count, learningRate: method.descent.learningRate, momentum: method.descent.momentum)
    (weights, velocity, gradient) = (Workspace(count), Workspace(count), Workspace(count))
    adjoint = PathAdjoint(derivatives, learningRate: method.descent.learningRate, momentum: path.momentum)
    derivatives.prepare([.training])
  }

  package var workspaceCount: Int { derivatives.workspaceCount }
  package var exampleCount: Int { derivatives.problem.validation.count }

  package func initialState() -> WeightState<Scalar> { WeightState(weights: initialWeights) }

  package func estimate(
    hyperparameters: UnsafePointer<Scalar>, step: Int, state: inout WeightState<Scalar>,
    gradient result: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> HypergradientEstimate {
    let steps = method.descent.steps
    let first = method.start == .warm ? state.trainingSteps : 0
    // No copy of the state's vector: it would be written elsewhere.
    let source = method.start == .warm ? state.weights.unsafePointer : initialWeights.unsafePointer
    let isInRange = withExtendedLifetime((initialWeights, state)) { path.start(source) }
    guard isInRange else {
      throw .diverged(step: step + 1, trainingStep: nil, reason: "a weight is out of range before the training")
    }
    let loss = try forward(hyperparameters, first: first, hyperStep: step)
    path.writeWeights(into: weights.base)
    Scalar.copy(weights.base, into: state.weights.unsafeMutablePointer(), count: path.count)
    state.trainingSteps += steps
    let value = adjoint.begin(weights: weights.base, hyperparameters: hyperparameters, step: step, into: result)
    for number in stride(from: steps - 1, through: 0, by: -1) {
      path.writeVelocity(into: velocity.base)
      adjoint.pullMove(velocity: velocity.base)
      path.undoMove()
      path.writeWeights(into: weights.base)
      // Through the program of the forward pass, so that it is the same to the last bit.
      derivatives.evaluate(
        .training, at: .init(weights: UnsafePointer(weights.base), hyperparameters: hyperparameters),
        step: first + number, into: gradient.base)
      path.undoVelocity(gradient.base)
      path.writeVelocity(into: velocity.base)
      adjoint.pullMomentum(velocity: velocity.base, gradient: gradient.base)
      adjoint.pullGradient(weights: weights.base, hyperparameters: hyperparameters, step: first + number, into: result)
      try adjoint.check(step: step, trainingStep: number)
    }
    return HypergradientEstimate(
      value: value, trainingLoss: loss, learningRate: adjoint.learningRateDerivative,
      momentum: adjoint.momentumDerivative)
  }

  /// Whether the last reversal took back everything that the steps had put away.
  package var isAtStart: Bool { path.isAtStart }

  /// The weights that the reversal came back to.
  package func startingWeights() -> Vector<Scalar> {
    var result = Vector<Scalar>(count: path.count)
    path.writeWeights(into: result.unsafeMutablePointer())
    return result
  }

  private func forward(
    _ hyperparameters: UnsafePointer<Scalar>, first: Int, hyperStep: Int
  ) throws(HypergradientError) -> Double {
    var (loss, start) = (0.0, 0.0)
    for number in 0..<method.descent.steps {
      path.writeWeights(into: weights.base)
      loss = derivatives.evaluate(
        .training, at: .init(weights: UnsafePointer(weights.base), hyperparameters: hyperparameters),
        step: first + number, into: gradient.base)
      if number == 0 { start = loss }
      guard !Growth.isDivergence(loss, from: start) else {
        throw .diverged(
          step: hyperStep + 1, trainingStep: number + 1, reason: Growth.reason("the loss", loss, from: start))
      }
      guard path.step(gradient.base) else {
        throw .diverged(
          step: hyperStep + 1, trainingStep: number + 1, reason: "a weight or a derivative is not finite or too large")
      }
    }
    return loss
  }
}
