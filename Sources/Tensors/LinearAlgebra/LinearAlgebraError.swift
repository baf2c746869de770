/// Why a matrix has no factorisation.
public enum LinearAlgebraError: Error, Hashable, CustomStringConvertible {
  /// The pivot counts from 0; `size` is the number of rows.
  case notPositiveDefinite(pivot: Int, size: Int)
  /// The iteration did not converge; a matrix with NaN or infinity in it is the usual cause.
  case noConvergence(of: String, rows: Int, columns: Int)

  public var description: String {
    switch self {
    case .notPositiveDefinite(let pivot, let size):
      "the \(size) x \(size) matrix is not positive definite: pivot \(pivot) (counted from 0) of its Cholesky "
        + "factorisation is not a positive finite number; add a larger multiple of the identity (jitter, damping or "
        + "a prior precision), or look for NaN in the matrix"
    case .noConvergence(let what, let rows, let columns):
      "the \(what) of a \(rows) x \(columns) matrix did not converge; look for NaN or infinity in the matrix"
    }
  }
}
