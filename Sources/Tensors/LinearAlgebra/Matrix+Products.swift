extension Matrix {
  /// The n x n identity.
  public static func identity(_ n: Int) -> Matrix {
    var result = Matrix(rows: n, columns: n)
    let memory = result.unsafeMutablePointer()
    for i in 0..<n { memory[i * n + i] = 1 }
    return result
  }

  public func transposed() -> Matrix {
    var result = Matrix(rows: columns, columns: rows)
    let (source, target) = (unsafePointer, result.unsafeMutablePointer())
    // Tiles, so that both sides stay in the cache.
    let tile = 16
    for rowStart in stride(from: 0, to: rows, by: tile) {
      for columnStart in stride(from: 0, to: columns, by: tile) {
        for row in rowStart..<min(rowStart + tile, rows) {
          for column in columnStart..<min(columnStart + tile, columns) {
            target[column * rows + row] = source[row * columns + column]
          }
        }
      }
    }
    return result
  }

  /// op(self) op(other)
  public func multiplied(by other: Matrix, transposeSelf: Bool = false, transposeOther: Bool = false) -> Matrix {
    let (m, k) = transposeSelf ? (columns, rows) : (rows, columns)
    let (inner, n) = transposeOther ? (other.columns, other.rows) : (other.rows, other.columns)
    precondition(k == inner, "the product of matrices of \(m) x \(k) and \(inner) x \(n) does not exist")
    var result = Matrix(rows: m, columns: n)
    if m > 0, n > 0, k > 0 {
      BLAS.gemm(
        transposeA: transposeSelf, transposeB: transposeOther, m: m, n: n, k: k, unsafePointer, lda: columns,
        other.unsafePointer, ldb: other.columns, result.unsafeMutablePointer(), ldc: n)
    }
    return result
  }

  /// A A^T, or A^T A of the transposed A: symmetric to the last bit, at half the cost of the general product.
  public func gram(transposed: Bool = false) -> Matrix {
    let (n, k) = transposed ? (columns, rows) : (rows, columns)
    var result = Matrix(rows: n, columns: n)
    if n > 0, k > 0 {
      BLAS.syrk(
        transpose: transposed, n: n, k: k, unsafePointer, lda: columns, result.unsafeMutablePointer(), ldc: n)
      Scalar.mirrorLowerTriangle(result.unsafeMutablePointer(), n: n)
    }
    return result
  }

  /// op(self) x
  public func multiplied(by x: Vector<Scalar>, transposeSelf: Bool = false) -> Vector<Scalar> {
    let (m, k) = transposeSelf ? (columns, rows) : (rows, columns)
    precondition(k == x.count, "the product of a \(m) x \(k) matrix and a vector of \(x.count) does not exist")
    var result = Vector<Scalar>(count: m)
    if m > 0, k > 0 {
      BLAS.gemv(
        transpose: transposeSelf, m: rows, n: columns, unsafePointer, lda: columns, x.unsafePointer,
        result.unsafeMutablePointer())
    }
    return result
  }
}
