import Tensors
import Testing

@Suite struct BLASTests {
  func check<Scalar: TensorScalar>(_: Scalar.Type, tolerance: Double) {
    let (m, n, k) = (5, 7, 11)
    let a = Vector<Scalar>.normal(RandomKey(seed: 1), count: m * k)
    let b = Vector<Scalar>.normal(RandomKey(seed: 2), count: k * n)
    let start = Vector<Scalar>.normal(RandomKey(seed: 3), count: m * n)
    for transposeA in [false, true] {
      for transposeB in [false, true] {
        var c = start
        Scalar.gemm(
          transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: 2, a.unsafePointer,
          lda: transposeA ? m : k, b.unsafePointer, ldb: transposeB ? k : n, beta: 0.5, c.unsafeMutablePointer(), ldc: n
        )
        for i in 0..<m {
          for j in 0..<n {
            var sum = 0.0
            for l in 0..<k {
              sum += Double(transposeA ? a[l * m + i] : a[i * k + l]) * Double(transposeB ? b[j * k + l] : b[l * n + j])
            }
            #expect(abs(Double(c[i * n + j]) - (2 * sum + 0.5 * Double(start[i * n + j]))) < tolerance)
          }
        }
      }
    }
  }

  @Test func gemm() {
    check(Float.self, tolerance: 1e-5)
    check(Double.self, tolerance: 1e-13)
  }

  @Test func theLibrarySaysWhatItIs() {
    #expect(!BLAS.coreName.isEmpty)
    #expect(BLAS.configuration.contains("OpenBLAS"))
  }

  @Test func linearAlgebraBeginsWithOneThread() { #expect(BLAS.threads == 1) }
}

@Suite struct VectorTests {
  @Test func copiesAreIndependent() {
    let a = Vector<Float>([1, 2, 3])
    var b = a
    b[1] = 5
    #expect(a.array == [1, 2, 3] && b.array == [1, 5, 3])
  }

  @Test func partsAndDoubles() {
    let a = Vector<Float>([1, 2.5, 3, 4])
    #expect(a[1..<3].array == [2.5, 3] && a[2..<2].count == 0)
    #expect(a.doubles == [1, 2.5, 3, 4] && Vector<Float>([]).doubles == [])
  }

  @Test func memoryIsAligned() {
    for count in 0..<20 {
      #expect(UInt(bitPattern: Vector<Double>(count: count).unsafePointer) % 64 == 0)
    }
  }

  @Test func rowsOfAMatrix() {
    let matrix = Matrix<Float>([1, 2, 3, 4, 5, 6], rows: 3, columns: 2)
    #expect(matrix[2, 0] == 5)
    #expect(matrix.selecting(rows: [2, 0, 2]).elements.array == [5, 6, 1, 2, 5, 6])
  }
}
