import COpenBLAS

extension Float {
  public static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    alpha: Float, _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int,
    beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    BLAS.ready()
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }

  public static func gemv(
    transpose: Bool, m: Int, n: Int, alpha: Float, _ a: UnsafePointer<Float>, lda: Int, _ x: UnsafePointer<Float>,
    beta: Float, _ y: UnsafeMutablePointer<Float>
  ) {
    BLAS.ready()
    cblas_sgemv(
      CblasRowMajor, transpose ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), alpha, a, blasint(lda), x, 1, beta,
      y, 1)
  }

  public static func syrk(
    transpose: Bool, n: Int, k: Int, alpha: Float, _ a: UnsafePointer<Float>, lda: Int, beta: Float,
    _ c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    BLAS.ready()
    cblas_ssyrk(
      CblasRowMajor, CblasLower, transpose ? CblasTrans : CblasNoTrans, blasint(n), blasint(k), alpha, a, blasint(lda),
      beta, c, blasint(ldc))
  }

  public static func trsm(
    right: Bool, transpose: Bool, m: Int, n: Int, alpha: Float, lower l: UnsafePointer<Float>, ldl: Int,
    _ b: UnsafeMutablePointer<Float>, ldb: Int
  ) {
    BLAS.ready()
    cblas_strsm(
      CblasRowMajor, right ? CblasRight : CblasLeft, CblasLower, transpose ? CblasTrans : CblasNoTrans, CblasNonUnit,
      blasint(m), blasint(n), alpha, l, blasint(ldl), b, blasint(ldb))
  }
}
