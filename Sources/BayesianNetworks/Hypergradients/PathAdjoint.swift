import Tensors

/// The backward pass through steps of momentum descent: the adjoints of weights and velocity, and what they give to the
/// gradient with respect to hyperparameters, learning rate and momentum.
///
/// The steps may be taken one at a time, or some at a time with one product with the Hessian for all of them.
final class PathAdjoint<Problem: BilevelProblem> {
  typealias Scalar = Problem.Scalar

  private let derivatives: BilevelDerivatives<Problem>
  private let learningRate: Double
  private let momentum: Double
  /// dx, dv
  private let weights: Workspace<Scalar>
  private let velocity: Workspace<Scalar>
  private let product: Workspace<Scalar>
  private let mixed: Workspace<Scalar>
  private var firstNorm = 0.0
  private(set) var learningRateDerivative = 0.0
  private(set) var momentumDerivative = 0.0

  init(_ derivatives: BilevelDerivatives<Problem>, learningRate: Double, momentum: Double) {
    self.derivatives = derivatives
    self.learningRate = learningRate
    self.momentum = momentum
    let count = derivatives.weightCount
    (weights, velocity, product) = (Workspace(count), Workspace(count), Workspace(count))
    mixed = Workspace(derivatives.hyperparameterCount)
    derivatives.prepare([.validation, .products])
  }

  /// dx = Q_w, dv = 0, and dh = Q_h, at the end of the path.
  ///
  /// - Returns: Q
  func begin(
    weights end: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>, step: Int,
    into gradient: UnsafeMutablePointer<Scalar>
  ) -> Double {
    let value = derivatives.evaluate(
      .validation, at: .init(weights: end, hyperparameters: hyperparameters), step: step, into: weights.base, gradient)
    Scalar.fill(velocity.base, with: 0, count: derivatives.weightCount)
    firstNorm = norm(weights)
    (learningRateDerivative, momentumDerivative) = (0, 0)
    return value
  }

  /// Through w <- w + alpha v.
  ///
  /// - Parameter values: v
  func pullMove(velocity values: UnsafePointer<Scalar>) {
    let count = derivatives.weightCount
    learningRateDerivative += Scalar.dot(weights.base, values, count: count)
    Scalar.axpy(Scalar(learningRate), weights.base, velocity.base, count: count)
  }

  /// What the step's momentum gets: dv' (v + g), with v before the step.
  func pullMomentum(velocity values: UnsafePointer<Scalar>, gradient: UnsafePointer<Scalar>) {
    let count = derivatives.weightCount
    momentumDerivative +=
      Scalar.dot(velocity.base, values, count: count)
      + Scalar.dot(velocity.base, gradient, count: count)
  }

  /// Through v <- beta v - (1 - beta) g(w, h), after `pullMove`.
  func pullGradient(
    weights point: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>, step: Int,
    into gradient: UnsafeMutablePointer<Scalar>
  ) {
    addProducts(velocity.base, weights: point, hyperparameters: hyperparameters, step: step, into: gradient)
    Scalar.scale(velocity.base, by: Scalar(momentum), count: derivatives.weightCount)
  }

  /// Through so many steps as if the Hessian and the mixed derivative were the same in all of them and dx changed at their
  /// end: exact for one step. Both adjoints are linear in what they were, so that one product is enough.
  func pull(
    steps: Int, weights point: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>, step: Int,
    into gradient: UnsafeMutablePointer<Scalar>
  ) {
    // dv = a dv0 + b dx0 after each step; their sum is what the products are taken with.
    var (a, b, sumA, sumB) = (1.0, 0.0, 0.0, 0.0)
    for _ in 0..<steps {
      b += learningRate
      sumA += a
      sumB += b
      a *= momentum
      b *= momentum
    }
    let count = derivatives.weightCount
    let sum = self.sum.base
    Scalar.copy(velocity.base, into: sum, count: count)
    Scalar.scale(sum, by: Scalar(sumA), count: count)
    Scalar.axpy(Scalar(sumB), weights.base, sum, count: count)
    Scalar.scale(velocity.base, by: Scalar(a), count: count)
    Scalar.axpy(Scalar(b), weights.base, velocity.base, count: count)
    addProducts(sum, weights: point, hyperparameters: hyperparameters, step: step, into: gradient)
  }

  private lazy var sum = Workspace<Scalar>(derivatives.weightCount)

  /// dx -= (1 - beta) H u; dh -= (1 - beta) M' u
  private func addProducts(
    _ direction: UnsafePointer<Scalar>, weights point: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>,
    step: Int, into gradient: UnsafeMutablePointer<Scalar>
  ) {
    derivatives.evaluate(
      .products, at: .init(weights: point, hyperparameters: hyperparameters, direction: direction), step: step,
      into: product.base, mixed.base)
    let factor = Scalar(momentum - 1)
    Scalar.axpy(factor, product.base, weights.base, count: derivatives.weightCount)
    Scalar.axpy(factor, mixed.base, gradient, count: derivatives.hyperparameterCount)
  }

  /// - Throws: Where the adjoint has grown: the training is chaotic, and its gradient says nothing.
  func check(step: Int, trainingStep: Int) throws(HypergradientError) {
    let now = norm(weights)
    guard !Growth.isDivergence(now, from: firstNorm) else {
      throw .diverged(
        step: step + 1, trainingStep: trainingStep + 1,
        reason: Growth.reason("the norm of the weights' adjoint", now, from: firstNorm))
    }
  }

  private func norm(_ vector: Workspace<Scalar>) -> Double {
    Scalar.sumOfSquares(vector.base, count: derivatives.weightCount).squareRoot()
  }
}
