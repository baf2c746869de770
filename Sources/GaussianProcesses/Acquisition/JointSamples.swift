package import Tensors

/// Samples of a Gaussian over p points: mean + V sqrt(eigenvalues) z.
///
/// The largest eigenvalue takes the first of the standard normal numbers, so that the first dimensions of a
/// low-discrepancy sequence, which are its best, carry most of the variance. Needs no jitter, whatever the rank.
package enum JointSamples {
  /// - Parameter normals: s x at least p.
  /// - Returns: s x p; every row the mean where the covariance is not finite.
  package static func draw(mean: [Double], covariance: Matrix<Double>, normals: Matrix<Double>) -> Matrix<Double> {
    let (p, s) = (mean.count, normals.rows)
    precondition(normals.columns >= p, "\(p) points need as many normal numbers, got \(normals.columns)")
    var samples = Matrix((0..<s).flatMap { _ in mean }, rows: s, columns: p)
    guard p > 0, s > 0, let decomposition = try? covariance.symmetricEigendecomposition() else { return samples }
    var roots = Matrix<Double>(rows: p, columns: p)
    for i in 0..<p {
      let deviation = max(0, decomposition.values[p - 1 - i]).squareRoot()
      for j in 0..<p { roots[i, j] = deviation * decomposition.transposedVectors[p - 1 - i, j] }
    }
    withExtendedLifetime((roots, normals)) {
      BLAS.gemm(
        m: s, n: p, k: p, normals.unsafePointer, lda: normals.columns, roots.unsafePointer, ldb: p, beta: 1,
        samples.unsafeMutablePointer(), ldc: p)
    }
    return samples
  }
}

extension Matrix<Double> {
  /// s x `columns` normal numbers: those of the uniforms, then as many of the key as are missing.
  static func normals(from uniforms: Matrix<Double>, columns: Int, key: RandomKey) -> Matrix<Double> {
    let given = uniforms.normalQuantiles()
    if given.columns >= columns { return given }
    let missing = columns - given.columns
    let others = Matrix(
      Vector<Double>.normal(key, count: given.rows * missing), rows: given.rows, columns: missing)
    let joined = zip(given.rowArrays, others.rowArrays).map { $0 + $1 }
    return Matrix(rowArrays: joined, columns: columns)
  }
}
