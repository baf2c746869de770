import Tensors

/// Solves (H + damping) x = b by conjugate gradients (Hestenes and Stiefel 1952) with exact products with the Hessian of the
/// training loss: three vectors of memory, no matrix.
final class ConjugateGradients<Problem: BilevelProblem> {
  typealias Scalar = Problem.Scalar

  struct End {
    var iterations: Int
    /// |b - (H + damping) x| / |b|
    var residual: Double
    /// Whether a direction of negative curvature ended it: the weights are at no minimum.
    var isIndefinite: Bool
  }

  private let derivatives: BilevelDerivatives<Problem>
  private let residual: Workspace<Scalar>
  private let direction: Workspace<Scalar>
  private let product: Workspace<Scalar>

  init(_ derivatives: BilevelDerivatives<Problem>) {
    self.derivatives = derivatives
    let count = derivatives.weightCount
    (residual, direction, product) = (Workspace(count), Workspace(count), Workspace(count))
    derivatives.prepare([.hessian], curvature: true)
  }

  /// - Parameters:
  ///   - x: Where it starts; written.
  ///   - tolerance: Of the residual, relative to b.
  ///   - step: Names the examples and the noise, the same in all iterations.
  func solve(
    _ b: UnsafePointer<Scalar>, weights: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>,
    damping: Double, tolerance: Double, iterations: Int, step: Int, into x: UnsafeMutablePointer<Scalar>
  ) -> End {
    let count = derivatives.weightCount
    let (r, p, q) = (residual.base, direction.base, product.base)
    let right = Scalar.sumOfSquares(b, count: count)
    guard right > 0 else {
      Scalar.fill(x, with: 0, count: count)
      return End(iterations: 0, residual: 0, isIndefinite: false)
    }
    func multiply(_ vector: UnsafePointer<Scalar>) {
      derivatives.evaluate(
        .hessian, at: .init(weights: weights, hyperparameters: hyperparameters, direction: vector), step: step,
        curvature: true, into: q)
      if damping != 0 { Scalar.axpy(Scalar(damping), vector, q, count: count) }
    }
    Scalar.copy(b, into: r, count: count)
    if Scalar.sumOfSquares(x, count: count) > 0 {
      multiply(UnsafePointer(x))
      Scalar.axpy(-1, q, r, count: count)
      // A start that is worse than none, where weights and hyperparameters have moved far.
      if !(Scalar.sumOfSquares(r, count: count) < right) {
        Scalar.fill(x, with: 0, count: count)
        Scalar.copy(b, into: r, count: count)
      }
    }
    Scalar.copy(r, into: p, count: count)
    var square = Scalar.sumOfSquares(r, count: count)
    var made = 0
    while made < iterations, (square / right).squareRoot() > tolerance {
      multiply(UnsafePointer(p))
      let curvature = Scalar.dot(p, q, count: count)
      guard curvature > 0 else {
        return End(iterations: made, residual: (square / right).squareRoot(), isIndefinite: true)
      }
      let length = Scalar(square / curvature)
      Scalar.axpy(length, p, x, count: count)
      Scalar.axpy(-length, q, r, count: count)
      let next = Scalar.sumOfSquares(r, count: count)
      Scalar.add(r, toProductOf: Scalar(next / square), and: p, count: count)
      square = next
      made += 1
    }
    return End(iterations: made, residual: (square / right).squareRoot(), isIndefinite: false)
  }
}
