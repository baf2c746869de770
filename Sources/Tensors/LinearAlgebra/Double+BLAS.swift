import COpenBLAS

extension Double {
  public static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    alpha: Double, _ a: UnsafePointer<Double>, lda: Int, _ b: UnsafePointer<Double>, ldb: Int,
    beta: Double, _ c: UnsafeMutablePointer<Double>, ldc: Int
  ) {
    BLAS.ready()
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }

  public static func gemv(
    transpose: Bool, m: Int, n: Int, alpha: Double, _ a: UnsafePointer<Double>, lda: Int, _ x: UnsafePointer<Double>,
    beta: Double, _ y: UnsafeMutablePointer<Double>
  ) {
    BLAS.ready()
    cblas_dgemv(
      CblasRowMajor, transpose ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), alpha, a, blasint(lda), x, 1, beta,
      y, 1)
  }

  public static func syrk(
    transpose: Bool, n: Int, k: Int, alpha: Double, _ a: UnsafePointer<Double>, lda: Int, beta: Double,
    _ c: UnsafeMutablePointer<Double>, ldc: Int
  ) {
    BLAS.ready()
    cblas_dsyrk(
      CblasRowMajor, CblasLower, transpose ? CblasTrans : CblasNoTrans, blasint(n), blasint(k), alpha, a, blasint(lda),
      beta, c, blasint(ldc))
  }

  public static func trsm(
    right: Bool, transpose: Bool, m: Int, n: Int, alpha: Double, lower l: UnsafePointer<Double>, ldl: Int,
    _ b: UnsafeMutablePointer<Double>, ldb: Int
  ) {
    BLAS.ready()
    cblas_dtrsm(
      CblasRowMajor, right ? CblasRight : CblasLeft, CblasLower, transpose ? CblasTrans : CblasNoTrans, CblasNonUnit,
      blasint(m), blasint(n), alpha, l, blasint(ldl), b, blasint(ldb))
  }
}
