/// The Cholesky factorisation A = L L^T of a symmetric, positive definite matrix.
public struct Cholesky<Scalar: TensorScalar>: Sendable {
  /// L, with zeros above the diagonal.
  public let lower: Matrix<Scalar>

  /// Factorises a square matrix, of which only the lower triangle is read.
  ///
  /// - Throws: `LinearAlgebraError.notPositiveDefinite` with the first pivot that is not positive and finite.
  public init(_ matrix: Matrix<Scalar>) throws(LinearAlgebraError) {
    let n = matrix.rows
    precondition(matrix.columns == n, "a \(n) x \(matrix.columns) matrix has no Cholesky factorisation")
    var factor = matrix
    let memory = factor.unsafeMutablePointer()
    let info = Scalar.potrf(memory, n: n)
    precondition(info >= 0, "argument \(-info) of potrf is not valid")
    if info > 0 { throw .notPositiveDefinite(pivot: info - 1, size: n) }
    // LAPACK does not stop at NaN.
    for i in 0..<n where !(memory[i * n + i] > 0 && memory[i * n + i].isFinite) {
      throw .notPositiveDefinite(pivot: i, size: n)
    }
    lower = factor
  }

  /// The number of rows of A.
  public var size: Int { lower.rows }

  /// log det A, in double precision.
  public var logDeterminant: Double {
    var sum = 0.0
    for i in 0..<size { sum += Double.log(Double(lower[i, i])) }
    return 2 * sum
  }

  /// A^-1, symmetric to the last bit.
  public var inverse: Matrix<Scalar> {
    var result = lower
    let info = Scalar.potri(result.unsafeMutablePointer(), n: size)
    precondition(info == 0, "the diagonal of a Cholesky factor is never 0, and potri says it is (\(info))")
    return result
  }

  /// A^-1 B, column by column of B.
  public func solve(_ b: Matrix<Scalar>) -> Matrix<Scalar> { solveLowerTransposed(solveLower(b)) }

  /// A^-1 b
  public func solve(_ b: Vector<Scalar>) -> Vector<Scalar> {
    solve(Matrix(b, rows: b.count, columns: 1)).elements
  }

  /// L^-1 B
  public func solveLower(_ b: Matrix<Scalar>) -> Matrix<Scalar> { triangular(b, transpose: false) }

  /// L^-T B. With B standard normal, the columns are draws from N(0, A^-1).
  public func solveLowerTransposed(_ b: Matrix<Scalar>) -> Matrix<Scalar> { triangular(b, transpose: true) }

  private func triangular(_ b: Matrix<Scalar>, transpose: Bool) -> Matrix<Scalar> {
    precondition(b.rows == size, "a right-hand side of \(b.rows) rows does not fit a matrix of \(size)")
    var result = b
    if b.columns > 0 {
      BLAS.trsm(
        transpose: transpose, m: b.rows, n: b.columns, lower: lower.unsafePointer, ldl: size,
        result.unsafeMutablePointer(), ldb: b.columns)
    }
    return result
  }
}

extension Matrix {
  /// A = L L^T; see `Cholesky.init`.
  public func cholesky() throws(LinearAlgebraError) -> Cholesky<Scalar> { try Cholesky(self) }
}
