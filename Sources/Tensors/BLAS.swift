import COpenBLAS

/// The calls into OpenBLAS, for Float and Double. Only `Float+BLAS`, `Double+BLAS` and `LAPACK` name its functions.
///
/// Matrices are row-major; `lda` and the like are the distances between the starts of two rows as stored. An output is
/// written without being read where `beta` is 0. OpenBLAS gives the same bits for the same shapes on the same core with the same number of
/// threads: one, unless `setThreads` says otherwise, which belongs at the start of a process.
public enum BLAS {
  /// Sets the number of threads of every later call.
  public static func setThreads(_ count: Int) {
    precondition(count >= 1, "BLAS needs at least one thread, got \(count)")
    ready()
    openblas_set_num_threads(Int32(count))
  }

  /// The threads in use.
  public static var threads: Int {
    ready()
    return Int(openblas_get_num_threads())
  }

  private static let oneThread: Void = openblas_set_num_threads(1)

  /// Every call begins with it. OpenBLAS itself starts with a thread for each processor: what a program computes would
  /// then differ in its last digits between machines, and before and after some part of it sets the number.
  static func ready() { oneThread }

  /// The processor family whose kernels OpenBLAS chose, for example "Haswell" or "SkylakeX".
  public static var coreName: String { String(cString: openblas_get_corename()) }

  /// How OpenBLAS was built: its version, threading and index size.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// C <- alpha op(A) op(B) + beta C, with op(A) of m x k, op(B) of k x n and C of m x n.
  public static func gemm<Scalar: TensorScalar>(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    alpha: Scalar = 1, _ a: UnsafePointer<Scalar>, lda: Int, _ b: UnsafePointer<Scalar>, ldb: Int,
    beta: Scalar = 0, _ c: UnsafeMutablePointer<Scalar>, ldc: Int
  ) {
    Scalar.gemm(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a, lda: lda, b, ldb: ldb,
      beta: beta, c, ldc: ldc)
  }

  /// y <- alpha op(A) x + beta y, with A of m x n as stored.
  public static func gemv<Scalar: TensorScalar>(
    transpose: Bool = false, m: Int, n: Int, alpha: Scalar = 1, _ a: UnsafePointer<Scalar>, lda: Int,
    _ x: UnsafePointer<Scalar>, beta: Scalar = 0, _ y: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.gemv(transpose: transpose, m: m, n: n, alpha: alpha, a, lda: lda, x, beta: beta, y)
  }

  /// C <- alpha A A^T + beta C with A of n x k; or, transposed, alpha A^T A + beta C with A of k x n. Only the lower
  /// triangle of C (n x n) is read and written: half the work of `gemm`. See `TensorScalar.mirrorLowerTriangle`.
  public static func syrk<Scalar: TensorScalar>(
    transpose: Bool = false, n: Int, k: Int, alpha: Scalar = 1, _ a: UnsafePointer<Scalar>, lda: Int,
    beta: Scalar = 0, _ c: UnsafeMutablePointer<Scalar>, ldc: Int
  ) {
    Scalar.syrk(transpose: transpose, n: n, k: k, alpha: alpha, a, lda: lda, beta: beta, c, ldc: ldc)
  }

  /// B <- alpha op(L)^-1 B, or alpha B op(L)^-1 with the triangle to the right; L is lower triangular and its upper
  /// part is not read. B is m x n.
  public static func trsm<Scalar: TensorScalar>(
    right: Bool = false, transpose: Bool = false, m: Int, n: Int, alpha: Scalar = 1,
    lower l: UnsafePointer<Scalar>, ldl: Int, _ b: UnsafeMutablePointer<Scalar>, ldb: Int
  ) {
    Scalar.trsm(right: right, transpose: transpose, m: m, n: n, alpha: alpha, lower: l, ldl: ldl, b, ldb: ldb)
  }
}
