import BayesianNetworks
import Foundation
import Probability
import Tensors

/// Inputs from a standard normal; targets from another, or random classes.
func examples<Scalar: TensorScalar>(
  _ likelihood: Likelihood, rows: Int, inputs: Int, outputs: Int, seed: UInt64 = 11
) -> Examples<Scalar> {
  let key = RandomKey(seed: seed)
  let x = Matrix(Vector<Scalar>.normal(key.folded(0), count: rows * inputs), rows: rows, columns: inputs)
  switch likelihood {
  case .gaussian:
    let y = Vector<Scalar>.normal(key.folded(1), count: rows * outputs)
    return Examples(inputs: x, targets: .values(Matrix(y, rows: rows, columns: outputs)))
  case .categorical:
    return Examples(
      inputs: x, targets: .classes((0..<rows).map { Int32(key.folded(1).bits(UInt64($0)) % UInt64(outputs)) }))
  }
}

let priors: [any Prior] = [
  GaussianPrior(scale: 0.6), LaplacePrior(scale: 0.4),
  ScaleMixturePrior(GaussianScaleMixture(weight: 0.25, wide: 0.9, narrow: 0.1)),
]

/// The regression of the evidence example: polynomials on an even grid, noise precision 100, prior precision 1.
struct Polynomials {
  let degree: Int
  let inputs: [[Double]]
  let targets: [Double]

  init(degree: Int) {
    self.degree = degree
    let grid = (0..<20).map { -1 + 2 * Double($0) / 19 }
    inputs = grid.map { x in (0...degree).map { pow(x, Double($0)) } }
    targets = grid.enumerated().map { i, x in 0.5 * x + 0.1 * sin(37 * Double(i + 1)) }
  }

  /// The Hessian of the negative log joint density: the exact posterior's precision.
  var hessian: [[Double]] {
    (0...degree).map { i in
      (0...degree).map { j in
        let product: Double = inputs.reduce(0) { $0 + $1[i] * $1[j] }
        return 100 * product + (i == j ? 1 : 0)
      }
    }
  }

  /// The exact posterior's mean and log det H, by Gaussian elimination.
  var posterior: (mean: [Double], logDeterminant: Double) {
    var a = hessian
    var b = (0...degree).map { i in 100 * zip(inputs, targets).reduce(0) { $0 + $1.0[i] * $1.1 } }
    var logDeterminant = 0.0
    for p in 0...degree {
      logDeterminant += log(a[p][p])
      for r in 0...degree where r != p {
        let factor = a[r][p] / a[p][p]
        for c in 0...degree { a[r][c] -= factor * a[p][c] }
        b[r] -= factor * b[p]
      }
    }
    return ((0...degree).map { b[$0] / a[$0][$0] }, logDeterminant)
  }

  /// log p(targets)
  var logEvidence: Double {
    let (mean, logDeterminant) = posterior
    let misfit = zip(inputs, targets).reduce(0) { sum, point in
      let residual = point.1 - zip(point.0, mean).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + residual * residual
    }
    let penalty = mean.reduce(0) { $0 + $1 * $1 }
    let normalization: Double = 10 * log(100 / (2 * Double.pi))
    return normalization - 50 * misfit - 0.5 * (penalty + logDeterminant)
  }
}
