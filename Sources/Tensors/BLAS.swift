import COpenBLAS

/// The calls into OpenBLAS. Nothing else in the package names a BLAS function.
///
/// Matrices are row-major. OpenBLAS gives the same bits for the same shapes on the same core with the same number of
/// threads; `setThreads` belongs at the start of a process.
public enum BLAS {
  /// Sets the number of threads of every later call.
  public static func setThreads(_ count: Int) {
    precondition(count >= 1, "BLAS needs at least one thread, got \(count)")
    openblas_set_num_threads(Int32(count))
  }

  /// The threads in use.
  public static var threads: Int { Int(openblas_get_num_threads()) }

  /// The processor family whose kernels OpenBLAS chose, for example "Haswell" or "SkylakeX".
  public static var coreName: String { String(cString: openblas_get_corename()) }

  /// How OpenBLAS was built: its version, threading and index size.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// C <- alpha op(A) op(B) + beta C, with op(A) of m x k, op(B) of k x n and C of m x n.
  ///
  /// `lda`, `ldb` and `ldc` are the distances between the starts of two rows as stored. With `beta` 0, C is written
  /// without being read.
  public static func gemm(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    alpha: Float = 1, _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }

  /// C <- alpha op(A) op(B) + beta C, in double precision.
  public static func gemm(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    alpha: Double = 1, _ a: UnsafePointer<Double>, lda: Int, _ b: UnsafePointer<Double>, ldb: Int,
    beta: Double = 0, _ c: UnsafeMutablePointer<Double>, ldc: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
  }
}
