import Tensors

/// 1/2 ln det of the whole Hessian H of L, by its eigenvalues, and the derivative 1/2 sum_i v_i' (dH/dh) v_i / lambda_i, which
/// takes one derivative of third order for each weight. Eigenvalues that are not positive have no part in either.
final class HessianDeterminant<Problem: BilevelProblem>: CurvatureDeterminant {
  typealias Scalar = Problem.Scalar

  private let derivatives: BilevelDerivatives<Problem>
  private let matrix: Workspace<Double>
  private let values: Workspace<Double>
  private let direction: Workspace<Scalar>
  private let product: Workspace<Scalar>
  private let partial: Workspace<Scalar>

  init(_ derivatives: BilevelDerivatives<Problem>) {
    self.derivatives = derivatives
    let count = derivatives.weightCount
    (matrix, values) = (Workspace(count * count), Workspace(count))
    (direction, product) = (Workspace(count), Workspace(count))
    partial = Workspace(derivatives.hyperparameterCount)
    derivatives.prepare([.hessian, .curvaturePartial], curvature: true)
  }

  var keptCount: Int { 0 }

  func add(
    weights: Vector<Scalar>, hyperparameters: UnsafePointer<Scalar>, step: Int, kept: inout Vector<Scalar>,
    to gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> Double {
    let count = derivatives.weightCount
    let point = BilevelDerivatives<Problem>.Point(
      weights: weights.unsafePointer, hyperparameters: hyperparameters, direction: UnsafePointer(direction.base))
    let examples = Double(derivatives.problem.training.count)
    Scalar.fill(direction.base, with: 0, count: count)
    for row in 0..<count {
      direction.base[row] = 1
      derivatives.evaluate(.hessian, at: point, step: step, curvature: true, into: product.base)
      direction.base[row] = 0
      Scalar.widen(product.base, into: matrix.base + row * count, count: count)
    }
    guard Double.allFinite(matrix.base, count: count * count),
      Double.syevd(matrix.base, n: count, values: values.base) == 0
    else {
      throw .diverged(step: step + 1, trainingStep: nil, reason: "the Hessian of the training loss is not finite")
    }
    let floor = 1e-12 * max(values.base[count - 1], 0)
    var half = 0.0
    for index in 0..<count where values.base[index] > floor {
      half += 0.5 * Double.log(examples * values.base[index])
      for i in 0..<count { direction.base[i] = Scalar(matrix.base[index * count + i]) }
      derivatives.evaluate(.curvaturePartial, at: point, step: step, curvature: true, into: partial.base)
      // N is in both the derivative and the eigenvalue.
      Scalar.axpy(
        Scalar(0.5 / values.base[index]), partial.base, gradient, count: derivatives.hyperparameterCount)
    }
    withExtendedLifetime(weights) {}
    return half
  }
}
