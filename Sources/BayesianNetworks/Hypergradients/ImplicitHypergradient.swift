import Probability
package import Tensors

/// The gradient of Q at a minimum of the training loss, by the implicit function theorem:
///
///     dQ/dh = Q_h - M' H^-1 Q_w
///
/// HOAG (Pedregosa 2016, algorithm 1): the weights are trained, from where they were, until the gradient of l is below a
/// tolerance, and the linear system is solved to the same tolerance, which decreases with the steps of the hyperparameters.
/// Products with the Hessian are exact; nothing is as large as weights x hyperparameters or weights x weights.
package struct ImplicitHypergradient: HypergradientMethod {
  /// How the linear system is solved.
  package enum Solver: Hashable, Sendable {
    /// Conjugate gradients on H + damping, from the last solution. The damping is in units of l's Hessian, or a part of its
    /// largest eigenvalue where that is more: for a network's Hessian, which is singular nearly everywhere, and along whose
    /// flat directions a training of finite length does not respond to anything.
    case conjugateGradients(iterations: Int = 100, damping: Double = 0, relativeDamping: Double = 0)
    /// The Neumann series (Lorraine, Vicol and Duvenaud 2020), which does no harm far from a minimum.
    case neumann(terms: Int = 20, damping: Double = 0, powerIterations: Int = 10)
  }

  /// How the weights are trained.
  package enum Training: Sendable {
    /// At most so many steps of a descent.
    case descent(any InnerDescent)
    /// At most so many steps of Newton's method with conjugate gradients, on the examples for curvatures: for small or
    /// badly conditioned problems.
    case newton(steps: Int = 50, damping: Double = 0)
  }

  package var training: Training
  package var solver: Solver
  /// Of the gradient of l, and of the residual relative to the right side.
  package var tolerance: ToleranceSchedule

  package init(
    _ training: Training, solver: Solver = .conjugateGradients(),
    tolerance: ToleranceSchedule = .exponential(initial: 0.1)
  ) {
    self.training = training
    self.solver = solver
    self.tolerance = tolerance
  }

  package func estimator<Problem: BilevelProblem>(
    for problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) -> any HypergradientEstimator<Problem.Scalar> {
    try ImplicitEstimator(self, problem, batches: batches, key: key)
  }

  func check() throws(HypergradientError) {
    try tolerance.check()
    let (name, count, damping) =
      switch solver {
      case .conjugateGradients(let iterations, let damping, let relative):
        ("the number of iterations", iterations, relative >= 0 ? damping : relative)
      case .neumann(let terms, let damping, let iterations):
        ("the number of terms and of power iterations", min(terms, iterations), damping)
      }
    guard count >= 1 else { throw .badSetting(name: name, found: "\(count)", expected: "at least 1") }
    guard damping.isFinite, damping >= 0 else {
      throw .badSetting(name: "the damping", found: "\(damping)", expected: "a finite number, 0 or more")
    }
  }
}

final class ImplicitEstimator<Problem: BilevelProblem>: HypergradientEstimator {
  typealias Scalar = Problem.Scalar

  private enum Training {
    case descent(DescentRun<Problem>)
    case newton(NewtonRun<Problem>)
  }

  private enum Solver {
    case conjugateGradients(ConjugateGradients<Problem>, iterations: Int, damping: Double, relative: RelativeDamping?)
    case neumann(NeumannSeries<Problem>, terms: Int, damping: Double, powerIterations: Int)
  }

  /// The eigenvalue, by power iteration, and the part of it.
  private struct RelativeDamping {
    let largest: NeumannSeries<Problem>
    let part: Double
  }

  private let method: ImplicitHypergradient
  private let derivatives: BilevelDerivatives<Problem>
  private let training: Training
  private let solver: Solver
  private let key: RandomKey
  /// Q_w
  private let right: Workspace<Scalar>
  private let mixed: Workspace<Scalar>

  init(
    _ method: ImplicitHypergradient, _ problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) {
    try method.check()
    self.method = method
    self.key = key
    derivatives = try BilevelDerivatives(problem, batches: batches, key: key.folded(1))
    switch method.training {
    case .descent(let descent): training = .descent(try DescentRun(derivatives, descent))
    case .newton(let steps, let damping):
      training = .newton(try NewtonRun(derivatives, steps: steps, damping: damping))
    }
    switch method.solver {
    case .conjugateGradients(let iterations, let damping, let part):
      solver = .conjugateGradients(
        ConjugateGradients(derivatives), iterations: iterations, damping: damping,
        relative: part > 0 ? RelativeDamping(largest: NeumannSeries(derivatives), part: part) : nil)
    case .neumann(let terms, let damping, let iterations):
      solver = .neumann(NeumannSeries(derivatives), terms: terms, damping: damping, powerIterations: iterations)
    }
    (right, mixed) = (Workspace(derivatives.weightCount), Workspace(derivatives.hyperparameterCount))
    derivatives.prepare([.validation])
    derivatives.prepare([.mixed], curvature: true)
  }

  var workspaceCount: Int { derivatives.workspaceCount }
  var exampleCount: Int { derivatives.problem.validation.count }

  func initialState() -> WeightState<Scalar> {
    let count = derivatives.weightCount
    var state = WeightState(weights: derivatives.problem.initialWeights(key: key.folded(0)))
    if case .descent(let run) = training { state.velocity = Vector(count: run.descent.statePerWeight * count) }
    switch solver {
    case .conjugateGradients(_, _, _, let relative):
      state.solution = Vector(count: count)
      if relative != nil { state.direction = .normal(key.folded(2), count: count) }
    case .neumann: state.direction = .normal(key.folded(2), count: count)
    }
    return state
  }

  func estimate(
    hyperparameters: UnsafePointer<Scalar>, step: Int, state: inout WeightState<Scalar>,
    gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> HypergradientEstimate {
    let tolerance = method.tolerance.tolerance(step: step)
    let weights = state.weights.unsafeMutablePointer()
    let loss = try train(weights, &state, hyperparameters, tolerance: tolerance, step: step)
    let point = UnsafePointer(weights)
    let value = derivatives.evaluate(
      .validation, at: .init(weights: point, hyperparameters: hyperparameters), step: step, into: right.base, gradient)
    let residual = solve(point, &state, hyperparameters, tolerance: tolerance, step: step)
    guard residual.isFinite else {
      throw .diverged(
        step: step + 1, trainingStep: nil, reason: "the residual of the system with the Hessian is \(residual)")
    }
    // What solves the system takes the place of its right side.
    derivatives.evaluate(
      .mixed, at: .init(weights: point, hyperparameters: hyperparameters, direction: UnsafePointer(right.base)),
      step: step, curvature: true, into: mixed.base)
    Scalar.axpy(-1, mixed.base, gradient, count: derivatives.hyperparameterCount)
    withExtendedLifetime(state) {}
    return HypergradientEstimate(value: value, trainingLoss: loss, residual: residual)
  }

  private func train(
    _ weights: UnsafeMutablePointer<Scalar>, _ state: inout WeightState<Scalar>,
    _ hyperparameters: UnsafePointer<Scalar>, tolerance: Double, step: Int
  ) throws(HypergradientError) -> Double {
    switch training {
    case .descent(let run):
      let end = try run.run(
        weights: weights, velocity: state.velocity.unsafeMutablePointer(), hyperparameters: hyperparameters,
        first: state.trainingSteps, tolerance: tolerance, hyperStep: step)
      state.trainingSteps += end.steps
      return end.loss
    case .newton(let run):
      let end = try run.run(weights: weights, hyperparameters: hyperparameters, tolerance: tolerance, hyperStep: step)
      state.trainingSteps += end.steps
      return end.loss
    }
  }

  /// Puts (H + damping)^-1 Q_w in the place of Q_w.
  private func solve(
    _ weights: UnsafePointer<Scalar>, _ state: inout WeightState<Scalar>, _ hyperparameters: UnsafePointer<Scalar>,
    tolerance: Double, step: Int
  ) -> Double {
    let count = derivatives.weightCount
    switch solver {
    case .conjugateGradients(let solver, let iterations, var damping, let relative):
      if let relative {
        let largest = relative.largest.largestEigenvalue(
          weights: weights, hyperparameters: hyperparameters, iterations: Self.powerIterations, step: step,
          direction: state.direction.unsafeMutablePointer())
        guard largest.isFinite else { return .nan }
        damping = max(damping, relative.part * largest)
      }
      let solution = state.solution.unsafeMutablePointer()
      let end = solver.solve(
        UnsafePointer(right.base), weights: weights, hyperparameters: hyperparameters, damping: damping,
        tolerance: tolerance, iterations: iterations, step: step, into: solution)
      Scalar.copy(solution, into: right.base, count: count)
      return end.residual
    case .neumann(let solver, let terms, let damping, let powerIterations):
      let largest = solver.largestEigenvalue(
        weights: weights, hyperparameters: hyperparameters, iterations: powerIterations, step: step,
        direction: state.direction.unsafeMutablePointer())
      // Without curvature there is nothing to invert, and the response of the weights is not defined.
      guard largest > 0, largest.isFinite else { return largest == 0 ? 1 : .nan }
      let residual = solver.solve(
        UnsafePointer(right.base), weights: weights, hyperparameters: hyperparameters, damping: damping,
        stepSize: 1 / (largest + damping), tolerance: tolerance, terms: terms, step: step, into: mixedDirection.base)
      Scalar.copy(mixedDirection.base, into: right.base, count: count)
      return residual
    }
  }

  /// From one estimate to the next the direction is kept.
  private static var powerIterations: Int { 5 }

  private lazy var mixedDirection = Workspace<Scalar>(derivatives.weightCount)
}
