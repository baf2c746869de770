import COpenBLAS

// The only file that names LAPACK's functions. LAPACK is column-major: it sees the transpose of a row-major matrix. A
// symmetric matrix is its own transpose, and its lower triangle here is LAPACK's upper one ("U").

/// The workspaces of a routine: asks for their sizes, allocates them and calls again.
private func withWorkspaces<Scalar: TensorScalar>(
  of _: Scalar.Type, integers: Int? = nil,
  _ routine: (
    _ work: UnsafeMutablePointer<Scalar>, _ size: blasint, _ integers: UnsafeMutablePointer<blasint>,
    _ integerSize: blasint
  ) -> blasint
) -> Int {
  var best: Scalar = 0
  var bestIntegers: blasint = 1
  let info = routine(&best, -1, &bestIntegers, -1)
  guard info == 0 else { return Int(info) }
  // The size comes back as a floating-point number, which may have been rounded down.
  let size = max(1, Int(best.nextUp.rounded(.up)))
  let integerSize = max(1, integers ?? Int(bestIntegers))
  return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: size) { work in
    withUnsafeTemporaryAllocation(of: blasint.self, capacity: integerSize) { integerWork in
      Int(
        routine(
          work.baseAddress.unsafelyUnwrapped, blasint(size), integerWork.baseAddress.unsafelyUnwrapped,
          blasint(integerSize)))
    }
  }
}

extension TensorScalar {
  /// Zeros above the diagonal.
  static func clearUpperTriangle(_ a: UnsafeMutablePointer<Self>, n: Int) {
    for row in 0..<n { fill(a + row * n + row + 1, with: 0, count: n - row - 1) }
  }
}

extension Float {
  public static func potrf(_ a: UnsafeMutablePointer<Float>, n: Int) -> Int {
    BLAS.ready()
    var (size, info) = (blasint(n), blasint(0))
    var stride = max(1, size)
    spotrf_("U", &size, a, &stride, &info, 1)
    clearUpperTriangle(a, n: n)
    return Int(info)
  }

  public static func potri(_ a: UnsafeMutablePointer<Float>, n: Int) -> Int {
    BLAS.ready()
    var (size, info) = (blasint(n), blasint(0))
    var stride = max(1, size)
    spotri_("U", &size, a, &stride, &info, 1)
    mirrorLowerTriangle(a, n: n)
    return Int(info)
  }

  public static func syevd(_ a: UnsafeMutablePointer<Float>, n: Int, values: UnsafeMutablePointer<Float>) -> Int {
    BLAS.ready()
    return withWorkspaces(of: Float.self) { work, workSize, integers, integerSize in
      var (size, info, workSize, integerSize) = (blasint(n), blasint(0), workSize, integerSize)
      var stride = max(1, size)
      ssyevd_("V", "U", &size, a, &stride, values, work, &workSize, integers, &integerSize, &info, 1, 1)
      return info
    }
  }

  public static func gesdd(
    _ a: UnsafeMutablePointer<Float>, m: Int, n: Int, u: UnsafeMutablePointer<Float>,
    values: UnsafeMutablePointer<Float>,
    vt: UnsafeMutablePointer<Float>
  ) -> Int {
    BLAS.ready()
    // A^T = V S U^T: LAPACK's left vectors, read as rows, are V^T, and its right ones are U.
    return withWorkspaces(of: Float.self, integers: 8 * min(m, n)) { work, workSize, integers, _ in
      var (rows, columns, info, workSize) = (blasint(n), blasint(m), blasint(0), workSize)
      var (rowStride, rankStride) = (max(1, rows), max(1, min(rows, columns)))
      sgesdd_(
        "S", &rows, &columns, a, &rowStride, values, vt, &rowStride, u, &rankStride, work, &workSize, integers, &info, 1
      )
      return info
    }
  }
}

extension Double {
  public static func potrf(_ a: UnsafeMutablePointer<Double>, n: Int) -> Int {
    BLAS.ready()
    var (size, info) = (blasint(n), blasint(0))
    var stride = max(1, size)
    dpotrf_("U", &size, a, &stride, &info, 1)
    clearUpperTriangle(a, n: n)
    return Int(info)
  }

  public static func potri(_ a: UnsafeMutablePointer<Double>, n: Int) -> Int {
    BLAS.ready()
    var (size, info) = (blasint(n), blasint(0))
    var stride = max(1, size)
    dpotri_("U", &size, a, &stride, &info, 1)
    mirrorLowerTriangle(a, n: n)
    return Int(info)
  }

  public static func syevd(_ a: UnsafeMutablePointer<Double>, n: Int, values: UnsafeMutablePointer<Double>) -> Int {
    BLAS.ready()
    return withWorkspaces(of: Double.self) { work, workSize, integers, integerSize in
      var (size, info, workSize, integerSize) = (blasint(n), blasint(0), workSize, integerSize)
      var stride = max(1, size)
      dsyevd_("V", "U", &size, a, &stride, values, work, &workSize, integers, &integerSize, &info, 1, 1)
      return info
    }
  }

  public static func gesdd(
    _ a: UnsafeMutablePointer<Double>, m: Int, n: Int, u: UnsafeMutablePointer<Double>,
    values: UnsafeMutablePointer<Double>,
    vt: UnsafeMutablePointer<Double>
  ) -> Int {
    BLAS.ready()
    // A^T = V S U^T: LAPACK's left vectors, read as rows, are V^T, and its right ones are U.
    return withWorkspaces(of: Double.self, integers: 8 * min(m, n)) { work, workSize, integers, _ in
      var (rows, columns, info, workSize) = (blasint(n), blasint(m), blasint(0), workSize)
      var (rowStride, rankStride) = (max(1, rows), max(1, min(rows, columns)))
      dgesdd_(
        "S", &rows, &columns, a, &rowStride, values, vt, &rowStride, u, &rankStride, work, &workSize, integers, &info, 1
      )
      return info
    }
  }
}
