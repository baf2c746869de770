import Autodiff
import Probability
import Tensors

/// What is pulled back through a network, one column at a time.
enum JacobianSeeds: Hashable {
  /// The unit vectors: column k gives the Jacobian of output k.
  case outputs
  /// The columns of a root C of the likelihood's curvature with respect to the outputs, Lambda = C C', with unit noise:
  /// the sum of the products of all that comes back is the generalised Gauss-Newton matrix.
  case likelihoodRoot(Likelihood)

  /// How many columns there are. Softmax's curvature has one rank less than there are classes.
  func columns(outputs: Int) -> Int {
    if case .likelihoodRoot(.categorical) = self { outputs - 1 } else { outputs }
  }

  var isSoftmax: Bool { self == .likelihoodRoot(.categorical) }
}

/// One column of the seeds for every row: number `offset` plus the index that is the second input. Columns that there
/// are not are zeros. The first input is the outputs, or their softmax where the root depends on it.
struct LikelihoodRootColumn<Scalar: DensityScalar>: Operation {
  let rows: Int
  let columns: Int
  let offset: Int
  let isSoftmax: Bool

  var shapes: [Shape] { [[rows, columns]] }

  func run(_ frame: Frame<Scalar>) {
    let column = Int(frame.indices(1)[0]) + offset
    let result = frame.result(0)
    if isSoftmax {
      Scalar.softmaxRootColumn(frame.input(0), into: result, rows: rows, columns: columns, column: column)
    } else {
      Scalar.fill(result, with: 0, count: rows * columns)
      guard column < columns else { return }
      for row in 0..<rows { result[row * columns + column] = 1 }
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [nil, nil] }
}

extension TensorScalar {
  /// A column of the Cholesky factor of diag(p) - p p' for each row p of probabilities, in closed form. With s_j the
  /// sum of p_j, p_j+1, ...: C_jj = sqrt(p_j s_j+1 / s_j) and C_ij = -p_i sqrt(p_j / (s_j s_j+1)).
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func softmaxRootColumn(
    _ p: UnsafePointer<Self>, into c: UnsafeMutablePointer<Self>, rows: Int, columns: Int, column: Int
  ) {
    fill(c, with: 0, count: rows * columns)
    guard column < columns else { return }
    for row in 0..<rows {
      let (p, c) = (p + row * columns, c + row * columns)
      // Summed, not 1 minus the others: exact where little is left.
      var rest: Self = 0
      for i in (column + 1)..<max(columns, column + 1) { rest += p[i] }
      let total = rest + p[column]
      guard rest > 0, total > 0 else { continue }
      c[column] = sqrt(p[column] * (rest / total))
      let scale = sqrt(p[column] / total) / sqrt(rest)
      for i in (column + 1)..<max(columns, column + 1) { c[i] = -p[i] * scale }
    }
  }
}
