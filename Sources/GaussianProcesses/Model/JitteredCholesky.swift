import Tensors

/// Cholesky factorisation of matrices that are positive semi-definite but for rounding: where it fails, a growing
/// multiple of the mean diagonal is added to the diagonal.
enum JitteredCholesky {
  static let jitters = [0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2]

  /// The lower triangle of `a` (n x n) becomes its factor; what was added to the diagonal is returned.
  ///
  /// - Parameters:
  ///   - scale: The diagonal's size, of which the jitters are fractions.
  ///   - fill: Writes the lower triangle; called again for every try.
  static func factorize(
    _ a: UnsafeMutablePointer<Double>, n: Int, scale: Double, fill: (UnsafeMutablePointer<Double>) -> Void
  ) throws(GaussianProcessError) -> Double {
    for jitter in jitters {
      fill(a)
      let added = jitter * scale
      if added > 0 { for i in 0..<n { a[i * n + i] += added } }
      if factorizeOnce(a, n: n) { return added }
    }
    throw .notPositiveDefinite(count: n, jitter: jitters.last ?? 0)
  }

  /// Whether the factor exists, with pivots that are positive and finite.
  static func factorizeOnce(_ a: UnsafeMutablePointer<Double>, n: Int) -> Bool {
    Double.potrf(a, n: n) == 0 && (0..<n).allSatisfy { a[$0 * n + $0] > 0 && a[$0 * n + $0].isFinite }
  }
}
