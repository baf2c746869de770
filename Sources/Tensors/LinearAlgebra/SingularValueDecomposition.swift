/// The thin singular value decomposition A = U diag(values) V^T of an m x n matrix.
public struct SingularValueDecomposition<Scalar: TensorScalar>: Sendable {
  /// m x r with r = min(m, n); orthonormal columns.
  public let left: Matrix<Scalar>
  /// r numbers, descending.
  public let values: Vector<Scalar>
  /// V^T, r x n; orthonormal rows.
  public let transposedRight: Matrix<Scalar>

  /// - Throws: `LinearAlgebraError.noConvergence`, in practice only for matrices that hold NaN or infinity.
  public init(_ matrix: Matrix<Scalar>) throws(LinearAlgebraError) {
    let (m, n, rank) = (matrix.rows, matrix.columns, min(matrix.rows, matrix.columns))
    let failure = LinearAlgebraError.noConvergence(of: "singular value decomposition", rows: m, columns: n)
    guard Scalar.allFinite(matrix.unsafePointer, count: m * n) else { throw failure }
    var (copy, values) = (matrix, Vector<Scalar>(count: rank))
    defer { withExtendedLifetime(copy) {} }
    var (left, right) = (Matrix<Scalar>(rows: m, columns: rank), Matrix<Scalar>(rows: rank, columns: n))
    if rank > 0 {
      let info = Scalar.gesdd(
        copy.unsafeMutablePointer(), m: m, n: n, u: left.unsafeMutablePointer(), values: values.unsafeMutablePointer(),
        vt: right.unsafeMutablePointer())
      precondition(info >= 0, "argument \(-info) of gesdd is not valid")
      if info > 0 { throw failure }
    }
    (self.left, self.values, self.transposedRight) = (left, values, right)
  }
}

extension Matrix {
  /// A = U diag(values) V^T; see `SingularValueDecomposition.init`.
  public func singularValueDecomposition() throws(LinearAlgebraError) -> SingularValueDecomposition<Scalar> {
    try SingularValueDecomposition(self)
  }
}
