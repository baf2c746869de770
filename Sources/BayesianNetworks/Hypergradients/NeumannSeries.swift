import Tensors

/// Approximates (H + damping)^-1 b by the Neumann series (Lorraine, Vicol and Duvenaud 2020, eq. 8 and algorithm 3)
///
///     s sum over j = 0 ... terms - 1 of (I - s (H + damping))^j b
///
/// with s = 1 / lambda_max, which a power iteration estimates: it converges for s < 2 / lambda_max. Few terms are a damping
/// of their own: directions of small curvature are cut off.
final class NeumannSeries<Problem: BilevelProblem> {
  typealias Scalar = Problem.Scalar

  private let derivatives: BilevelDerivatives<Problem>
  private let term: Workspace<Scalar>
  private let product: Workspace<Scalar>

  init(_ derivatives: BilevelDerivatives<Problem>) {
    self.derivatives = derivatives
    (term, product) = (Workspace(derivatives.weightCount), Workspace(derivatives.weightCount))
    derivatives.prepare([.hessian], curvature: true)
  }

  /// lambda_max of the Hessian's magnitude by power iteration, from a direction that is kept from estimate to estimate.
  ///
  /// - Parameter direction: Read and written: of length 1 afterwards.
  func largestEigenvalue(
    weights: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>, iterations: Int, step: Int,
    direction: UnsafeMutablePointer<Scalar>
  ) -> Double {
    let count = derivatives.weightCount
    var norm = 0.0
    for _ in 0..<iterations {
      multiply(UnsafePointer(direction), weights, hyperparameters, step)
      norm = Scalar.sumOfSquares(product.base, count: count).squareRoot()
      guard norm > 0, norm.isFinite else { return norm }
      Scalar.copy(product.base, into: direction, count: count)
      Scalar.scale(direction, by: Scalar(1 / norm), count: count)
    }
    return norm
  }

  /// - Parameter tolerance: The sum ends early where its last term is shorter than this part of b.
  /// - Returns: The length of the last term, relative to b.
  func solve(
    _ b: UnsafePointer<Scalar>, weights: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>,
    damping: Double, stepSize: Double, tolerance: Double, terms: Int, step: Int, into x: UnsafeMutablePointer<Scalar>
  ) -> Double {
    let count = derivatives.weightCount
    let right = Scalar.sumOfSquares(b, count: count)
    Scalar.copy(b, into: x, count: count)
    guard right > 0 else { return 0 }
    Scalar.copy(b, into: term.base, count: count)
    var last = 1.0
    for _ in 1..<max(1, terms) {
      multiply(UnsafePointer(term.base), weights, hyperparameters, step)
      if damping != 0 { Scalar.scale(term.base, by: Scalar(1 - stepSize * damping), count: count) }
      Scalar.axpy(Scalar(-stepSize), product.base, term.base, count: count)
      Scalar.axpy(1, term.base, x, count: count)
      last = (Scalar.sumOfSquares(term.base, count: count) / right).squareRoot()
      if last <= tolerance { break }
    }
    Scalar.scale(x, by: Scalar(stepSize), count: count)
    return last
  }

  private func multiply(
    _ vector: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, _ hyperparameters: UnsafePointer<Scalar>,
    _ step: Int
  ) {
    derivatives.evaluate(
      .hessian, at: .init(weights: weights, hyperparameters: hyperparameters, direction: vector), step: step,
      curvature: true, into: product.base)
  }
}
