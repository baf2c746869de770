import Foundation
import Tensors
import Testing

@Suite struct LinearAlgebraTests {
  let sizes = [1, 2, 3, 7, 16, 33, 100]

  func random<Scalar: TensorScalar>(_ label: Int, _ rows: Int, _ columns: Int) -> Matrix<Scalar> {
    Matrix(.normal(RandomKey(seed: 11).folded(label), count: rows * columns), rows: rows, columns: columns)
  }

  /// G G^T / n + I with a standard normal G: well conditioned.
  func positiveDefinite<Scalar: TensorScalar>(_ label: Int, _ n: Int) -> Matrix<Scalar> {
    let g: Matrix<Scalar> = random(label, n, n)
    var a = g.gram()
    for i in 0..<n {
      for j in 0..<n { a[i, j] = a[i, j] / Scalar(n) + (i == j ? 1 : 0) }
    }
    return a
  }

  func distance<Scalar: TensorScalar>(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Double {
    #expect(a.rows == b.rows && a.columns == b.columns)
    return zip(a.elements.doubles, b.elements.doubles).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  func tolerance<Scalar: TensorScalar>(_: Scalar.Type) -> Double { Scalar.self == Float.self ? 5e-5 : 1e-13 }

  func checkProducts<Scalar: TensorScalar>(_: Scalar.Type) {
    let (m, n, k) = (5, 20, 33)
    let a: Matrix<Scalar> = random(1, m, k)
    let b: Matrix<Scalar> = random(2, k, n)
    var exact = Matrix<Scalar>(rows: m, columns: n)
    for i in 0..<m {
      for j in 0..<n {
        exact[i, j] = Scalar((0..<k).reduce(0.0) { $0 + Double(a[i, $1]) * Double(b[$1, j]) })
      }
    }
    let bound = tolerance(Scalar.self)
    #expect(distance(a.multiplied(by: b), exact) < bound)
    #expect(distance(a.transposed().multiplied(by: b, transposeSelf: true), exact) < bound)
    #expect(distance(a.multiplied(by: b.transposed(), transposeOther: true), exact) < bound)
    let both = a.transposed().multiplied(by: b.transposed(), transposeSelf: true, transposeOther: true)
    #expect(distance(both, exact) < bound)
    #expect(distance(a.gram(), a.multiplied(by: a, transposeOther: true)) < bound)
    #expect(distance(a.gram(transposed: true), a.multiplied(by: a, transposeSelf: true)) < bound)
    #expect(a.gram(transposed: true) == a.gram(transposed: true).transposed())
    let x = Matrix(b.transposed().elements[0..<k], rows: k, columns: 1)
    let product = Matrix(a.multiplied(by: x.elements), rows: m, columns: 1)
    #expect(distance(product, a.multiplied(by: x)) < bound)
    let transposed = Matrix(a.transposed().multiplied(by: x.elements, transposeSelf: true), rows: m, columns: 1)
    #expect(distance(transposed, product) < bound)
    #expect(a.multiplied(by: .identity(k)) == a && a.transposed().transposed() == a)
  }

  @Test func products() {
    checkProducts(Float.self)
    checkProducts(Double.self)
  }

  @Test func alphaAndBeta() {
    let a = Matrix<Double>([1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
    var y = Vector<Double>([10, 20])
    let x = Vector<Double>([1, 0, -1])
    BLAS.gemv(m: 2, n: 3, alpha: 2, a.unsafePointer, lda: 3, x.unsafePointer, beta: 0.5, y.unsafeMutablePointer())
    #expect(y.array == [1, 6])
    var c = Matrix<Double>([1, -7, 1, 1], rows: 2, columns: 2)
    BLAS.syrk(n: 2, k: 3, alpha: 1, a.unsafePointer, lda: 3, beta: 2, c.unsafeMutablePointer(), ldc: 2)
    // The upper triangle stays.
    #expect(c.elements.array == [16, -7, 34, 79])
  }

  @Test func choleskyOfTwoByTwo() throws {
    let factor = try Matrix<Double>([4, .nan, 2, 5], rows: 2, columns: 2).cholesky()
    #expect(factor.lower.elements.array == [2, 0, 1, 2])
    #expect(abs(factor.logDeterminant - log(16)) < 1e-15)
    #expect(factor.solve(Vector<Double>([8, 12])).array == [1, 2])
    #expect(distance(factor.inverse, Matrix([5.0 / 16, -2.0 / 16, -2.0 / 16, 4.0 / 16], rows: 2, columns: 2)) < 1e-16)
  }

  func checkCholesky<Scalar: TensorScalar>(_: Scalar.Type) throws {
    let bound = tolerance(Scalar.self)
    for n in sizes {
      let a: Matrix<Scalar> = positiveDefinite(n, n)
      let factor = try a.cholesky()
      let lower = factor.lower
      for i in 0..<n { for j in (i + 1)..<max(n, i + 1) { #expect(lower[i, j] == 0) } }
      #expect(distance(lower.gram(), a) < bound)
      let b: Matrix<Scalar> = random(1000 + n, n, 3)
      #expect(distance(a.multiplied(by: factor.solve(b)), b) < bound)
      #expect(distance(lower.multiplied(by: factor.solveLower(b)), b) < bound)
      #expect(distance(lower.multiplied(by: factor.solveLowerTransposed(b), transposeSelf: true), b) < bound)
      #expect(distance(a.multiplied(by: factor.inverse), .identity(n)) < bound)
      #expect(factor.inverse == factor.inverse.transposed())
      // From the right: B op(L)^-1
      var right: Matrix<Scalar> = b.transposed()
      BLAS.trsm(
        right: true, m: 3, n: n, alpha: 2, lower: lower.unsafePointer, ldl: n, right.unsafeMutablePointer(), ldb: n)
      let twice = right.multiplied(by: lower)
      #expect(distance(twice, Matrix(b.transposed().elements.array.map { 2 * $0 }, rows: 3, columns: n)) < 2 * bound)
      let values = try a.symmetricEigendecomposition().values.doubles
      #expect(abs(factor.logDeterminant - values.reduce(0) { $0 + log($1) }) < bound * Double(n))
    }
  }

  @Test func cholesky() throws {
    try checkCholesky(Float.self)
    try checkCholesky(Double.self)
  }

  @Test func theErrorNamesThePivot() throws {
    #expect(throws: LinearAlgebraError.notPositiveDefinite(pivot: 1, size: 3)) {
      try Matrix<Double>([1, 0, 0, 2, 1, 0, 0, 0, 1], rows: 3, columns: 3).cholesky()
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(pivot: 0, size: 2)) {
      try Matrix<Float>([0, 0, 0, 1], rows: 2, columns: 2).cholesky()
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(pivot: 2, size: 3)) {
      try Matrix<Float>([1, 0, 0, 0, 1, 0, 0, .nan, 1], rows: 3, columns: 3).cholesky()
    }
    let text = "\(LinearAlgebraError.notPositiveDefinite(pivot: 1, size: 3))"
    #expect(text.contains("3 x 3") && text.contains("pivot 1"))
  }

  @Test func eigendecompositionOfTwoByTwo() throws {
    // Only the lower triangle is read.
    let decomposition = try Matrix<Double>([2, .infinity, 1, 2], rows: 2, columns: 2)
      .lowerTriangleMirrored().symmetricEigendecomposition()
    #expect(zip(decomposition.values.array, [1, 3]).allSatisfy { abs($0 - $1) < 1e-15 })
    let vectors = decomposition.vectors
    #expect(abs(vectors[0, 0] + vectors[1, 0]) < 1e-15 && abs(vectors[0, 1] - vectors[1, 1]) < 1e-15)
  }

  func checkEigendecomposition<Scalar: TensorScalar>(_: Scalar.Type) throws {
    let bound = tolerance(Scalar.self)
    for n in sizes {
      let g: Matrix<Scalar> = random(2000 + n, n, n)
      let a = Matrix(
        zip(g.elements.array, g.transposed().elements.array).map { ($0 + $1) / Scalar(2 * Double(n).squareRoot()) },
        rows: n, columns: n)
      let decomposition = try a.symmetricEigendecomposition()
      let values = decomposition.values.array
      #expect(values == values.sorted())
      #expect(distance(decomposition.transposedVectors.gram(), .identity(n)) < bound)
      #expect(distance(decomposition.applying { $0 }, a) < bound)
      // A v = value v, column by column.
      let products = a.multiplied(by: decomposition.vectors)
      for i in 0..<n {
        for j in 0..<n { #expect(abs(Double(products[i, j] - values[j] * decomposition.vectors[i, j])) < bound) }
      }
    }
    let a: Matrix<Scalar> = positiveDefinite(1, 40)
    let root = try a.symmetricEigendecomposition().applying { $0.squareRoot() }
    #expect(distance(root.multiplied(by: root), a) < bound)
  }

  @Test func eigendecomposition() throws {
    try checkEigendecomposition(Float.self)
    try checkEigendecomposition(Double.self)
    #expect(throws: LinearAlgebraError.self) {
      try Matrix<Double>([1, 0, .nan, 1], rows: 2, columns: 2).symmetricEigendecomposition()
    }
  }

  func checkSingularValues<Scalar: TensorScalar>(_: Scalar.Type) throws {
    let bound = tolerance(Scalar.self)
    for (m, n) in [(1, 1), (1, 5), (5, 1), (7, 3), (3, 7), (20, 20), (60, 33), (33, 60)] {
      let a: Matrix<Scalar> = random(3000 + m + 100 * n, m, n)
      let svd = try a.singularValueDecomposition()
      let rank = min(m, n)
      #expect(svd.values.array == svd.values.array.sorted(by: >) && svd.values[rank - 1] >= 0)
      #expect(distance(svd.left.gram(transposed: true), .identity(rank)) < bound)
      #expect(distance(svd.transposedRight.gram(), .identity(rank)) < bound)
      var scaled = svd.left
      for i in 0..<m { for j in 0..<rank { scaled[i, j] *= svd.values[j] } }
      #expect(distance(scaled.multiplied(by: svd.transposedRight), a) < bound)
    }
    #expect(throws: LinearAlgebraError.self) {
      try Matrix<Scalar>([1, .infinity], rows: 1, columns: 2).singularValueDecomposition()
    }
  }

  @Test func singularValues() throws {
    try checkSingularValues(Float.self)
    try checkSingularValues(Double.self)
  }

  @Test func matricesWithoutNumbers() throws {
    let empty = Matrix<Double>(rows: 0, columns: 0)
    #expect(try empty.cholesky().logDeterminant == 0)
    #expect(try empty.symmetricEigendecomposition().values.count == 0)
    #expect(try Matrix<Double>(rows: 0, columns: 3).singularValueDecomposition().values.count == 0)
    #expect(
      Matrix<Double>(rows: 2, columns: 0).multiplied(by: Matrix(rows: 0, columns: 2)) == Matrix(rows: 2, columns: 2))
  }
}

extension Matrix {
  fileprivate func lowerTriangleMirrored() -> Matrix {
    var result = self
    Scalar.mirrorLowerTriangle(result.unsafeMutablePointer(), n: rows)
    return result
  }
}
