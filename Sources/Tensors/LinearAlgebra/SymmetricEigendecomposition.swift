/// A = V diag(values) V^T of a symmetric matrix.
public struct SymmetricEigendecomposition<Scalar: TensorScalar>: Sendable {
  /// Ascending.
  public let values: Vector<Scalar>
  /// V^T: row i is the eigenvector of value i, of length 1. Rows, because they are contiguous.
  public let transposedVectors: Matrix<Scalar>

  /// A decomposition that is known.
  public init(values: Vector<Scalar>, transposedVectors: Matrix<Scalar>) {
    let n = values.count
    precondition(
      transposedVectors.rows == n && transposedVectors.columns == n,
      "\(n) values do not go with \(transposedVectors.rows) x \(transposedVectors.columns) vectors")
    self.values = values
    self.transposedVectors = transposedVectors
  }

  /// V: column i is the eigenvector of value i.
  public var vectors: Matrix<Scalar> { transposedVectors.transposed() }

  /// Decomposes a square matrix, of which only the lower triangle is read (divide and conquer, LAPACK's syevd).
  ///
  /// - Throws: `LinearAlgebraError.noConvergence`, in practice only for matrices that hold NaN or infinity.
  public init(_ matrix: Matrix<Scalar>) throws(LinearAlgebraError) {
    let n = matrix.rows
    precondition(matrix.columns == n, "a \(n) x \(matrix.columns) matrix has no eigendecomposition")
    let failure = LinearAlgebraError.noConvergence(of: "eigendecomposition", rows: n, columns: n)
    guard Scalar.allFinite(matrix.unsafePointer, count: n * n) else { throw failure }
    var (vectors, values) = (matrix, Vector<Scalar>(count: n))
    let info = Scalar.syevd(vectors.unsafeMutablePointer(), n: n, values: values.unsafeMutablePointer())
    precondition(info >= 0, "argument \(-info) of syevd is not valid")
    if info > 0 { throw failure }
    (self.transposedVectors, self.values) = (vectors, values)
  }

  /// V diag(f(values)) V^T, for example an inverse square root.
  public func applying(_ function: (Scalar) -> Scalar) -> Matrix<Scalar> {
    let n = values.count
    var scaled = transposedVectors
    let memory = scaled.unsafeMutablePointer()
    for row in 0..<n { Scalar.scale(memory + row * n, by: function(values[row]), count: n) }
    return transposedVectors.multiplied(by: scaled, transposeSelf: true)
  }
}

extension Matrix {
  /// A = V diag(values) V^T of a symmetric matrix; see `SymmetricEigendecomposition.init`.
  public func symmetricEigendecomposition() throws(LinearAlgebraError) -> SymmetricEigendecomposition<Scalar> {
    try SymmetricEigendecomposition(self)
  }
}
