import BayesianNetworks
import StudyModel
import Tensors

/// A descent of hyperparameters on a problem of any type.
protocol FollowedDescent: AnyObject {
  var state: HyperparameterDescentState<Float> { get }
  var isFinished: Bool { get }

  @discardableResult
  func step() throws(HypergradientError) -> HypergradientEstimate
  func resume(from state: HyperparameterDescentState<Float>) throws(HypergradientError)
}

extension HyperparameterDescent: FollowedDescent where Problem.Scalar == Float {}

/// How a sweep file's method follows the gradient, and what that costs.
struct DescentPlan {
  let settings: HyperparameterDescentSettings
  /// Training steps that an estimate of the gradient counts as, beside those that it makes: one for each evaluation of a
  /// loss with its derivatives or of a product with second derivatives.
  let derivativeSteps: Int
  /// Whether the objective at the end is Q at the weights, of examples in any order.
  let canRead: Bool

  init(_ plan: ExplorationPlan, _ explored: ExploredProblem) {
    let (strategy, training) = (plan.configuration.strategy, plan.configuration.training)
    let steps = plan.steps
    let hyperSteps = strategy.hyperSteps ?? Self.defaultSteps(strategy.method, trainingSteps: steps)
    // Of a path that begins anew each time, all steps; else a share.
    let share = max(1, strategy.method.beginsAnew ? steps : steps / hyperSteps)
    let momentum = MomentumDescent(
      // The velocity of this form is an average, that of the optimiser a sum.
      learningRate: training.learningRate / (1 - training.momentum), momentum: training.momentum, steps: share)
    let adam = AdamDescent(
      Adam(
        learningRate: training.learningRate, beta1: training.beta1, beta2: training.beta2, epsilon: training.epsilon),
      schedule: .cosine(steps: max(steps, share * hyperSteps)), steps: share)
    let descent: any InnerDescent = training.optimizer == .sgd ? momentum : adam
    let method: any HypergradientMethod
    switch strategy.method {
    case .greedy: (method, derivativeSteps) = (GreedyHypergradient(descent), 2)
    case .darts: (method, derivativeSteps) = (GreedyHypergradient(descent, mixed: .difference()), 3)
    case .unrolled: (method, derivativeSteps) = (UnrolledHypergradient(momentum), 1 + 3 * share)
    case .drmad:
      let stride = max(1, share / 100)
      (method, derivativeSteps) = (DistilledHypergradient(momentum, stride: stride), 1 + 2 * share / stride)
    case .implicit:
      method = ImplicitHypergradient(
        .descent(descent),
        solver: .conjugateGradients(
          iterations: Self.products, damping: Self.damping,
          relativeDamping: Self.relativeDamping))
      derivativeSteps = Self.products + 7
    case .neumann:
      method = ImplicitHypergradient(
        .descent(descent), solver: .neumann(terms: Self.products, damping: Self.damping, powerIterations: 5))
      derivativeSteps = Self.products + 7
    case .onlineLaplace:
      let weights = explored.problem.weightCount
      method = OnlineLaplace(
        descent, curvature: weights <= Self.wholeHessian ? .hessian() : .diagonalGaussNewton, refresh: 10)
      derivativeSteps = weights <= Self.wholeHessian ? 2 * weights : 1
    }
    canRead = strategy.method != .onlineLaplace && strategy.folds == .apart
    let rows = min(plan.batch, explored.problem.training.count)
    let isWhole = strategy.folds == .together
    settings = HyperparameterDescentSettings(
      method: method, optimizer: Adam(learningRate: strategy.hyperLearningRate ?? min(10 / Double(hyperSteps), 0.2)),
      // Of weights that are not trained yet the gradient leads away: noise would explain everything.
      schedule: .cosine(steps: hyperSteps, warmup: strategy.method.beginsAnew ? 0 : hyperSteps / 5), steps: hyperSteps,
      batches: isWhole
        ? BatchSizes()
        : BatchSizes(
          training: rows, validation: min(plan.batch, explored.problem.validation.count),
          curvature: strategy.method.solvesSystems ? min(8 * rows, explored.problem.training.count) : rows))
  }

  private static func defaultSteps(
    _ method: SweepConfiguration.Strategy.Hypergradient, trainingSteps: Int
  ) -> Int {
    switch method {
    case .greedy, .darts, .onlineLaplace: max(1, trainingSteps / 4)
    case .unrolled, .drmad, .implicit, .neumann: 50
    }
  }

  /// Weights whose whole Hessian is taken.
  private static let wholeHessian = 64
  /// Products with the Hessian for a gradient.
  private static let products = 20
  /// Of the Hessian of the mean loss: a network's is no convex one.
  private static let damping = 0.1
  /// A part of the Hessian's largest eigenvalue. With less, the response along flat directions, which no training of this
  /// length has, leads to a noise of nothing.
  private static let relativeDamping = 0.1

  func descent(
    _ explored: ExploredProblem, key: RandomKey
  ) throws(HypergradientError) -> any FollowedDescent {
    func make<Problem: BilevelProblem<Float>>(_ problem: Problem) throws(HypergradientError) -> any FollowedDescent {
      try HyperparameterDescent(
        problem, start: Vector(explored.start.map { Float($0) }), box: explored.box, settings: settings, key: key)
    }
    return try make(explored.problem)
  }
}

extension SweepConfiguration.Strategy.Hypergradient {
  /// Whether each gradient is that of a training from the start.
  var beginsAnew: Bool { self == .unrolled || self == .drmad }
  /// Whether a linear system with the Hessian is solved.
  var solvesSystems: Bool { self == .implicit || self == .neumann }
}
