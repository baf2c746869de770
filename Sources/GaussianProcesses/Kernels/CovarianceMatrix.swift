import Tensors

/// Covariances of embedded points. All distances come from one matrix product: |a - b|^2 = |a|^2 + |b|^2 - 2 a b.
enum CovarianceMatrix {
  /// out[i] = |z_i|^2
  static func squaredNorms(
    _ z: UnsafePointer<Double>, rows: Int, columns: Int, into out: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<rows {
      var sum = 0.0
      for c in 0..<columns { sum += z[i * columns + c] * z[i * columns + c] }
      out[i] = sum
    }
  }

  /// The lower triangle of the covariance matrix of n points with the diagonal, and of the slopes s k'(r) / r if wanted.
  ///
  /// - Parameters:
  ///   - z: n x E.
  ///   - values: n x n; its upper triangle is not written, nor is that of `slopes`.
  static func symmetric(
    _ kernel: StationaryKernel, scale: Double, _ z: UnsafePointer<Double>, n: Int, width: Int,
    values: UnsafeMutablePointer<Double>, slopes: UnsafeMutablePointer<Double>?
  ) {
    guard n > 0 else { return }
    BLAS.syrk(n: n, k: width, z, lda: width, values, ldc: n)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: n) { memory in
      let norms = memory.baseAddress.unsafelyUnwrapped
      for i in 0..<n { norms[i] = values[i * n + i] }
      for i in 0..<n {
        kernel.evaluate(
          dots: values + i * n, slopes: slopes.map { $0 + i * n }, norm: norms[i], norms: norms, scale: scale,
          count: i + 1)
      }
    }
  }

  /// The covariances of q points with n others, and the slopes if wanted: both q x n.
  static func cross(
    _ kernel: StationaryKernel, scale: Double, _ a: UnsafePointer<Double>, q: Int, _ b: UnsafePointer<Double>, n: Int,
    width: Int, values: UnsafeMutablePointer<Double>, slopes: UnsafeMutablePointer<Double>?
  ) {
    guard n > 0, q > 0 else { return }
    BLAS.gemm(transposeB: true, m: q, n: n, k: width, a, lda: width, b, ldb: width, values, ldc: n)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: n + q) { memory in
      let norms = memory.baseAddress.unsafelyUnwrapped
      squaredNorms(b, rows: n, columns: width, into: norms)
      squaredNorms(a, rows: q, columns: width, into: norms + n)
      for i in 0..<q {
        kernel.evaluate(
          dots: values + i * n, slopes: slopes.map { $0 + i * n }, norm: norms[n + i], norms: norms, scale: scale,
          count: n)
      }
    }
  }
}
