import Tensors

/// What a posterior has from its inputs alone: the covariance matrix of n observed points, factorised. The posterior
/// variance follows from it; means need weights K^-1 (y - m) besides.
struct ConditionedInputs: Sendable {
  let kernel: StationaryKernel
  let embedding: InputEmbedding
  let signalVariance: Double
  /// n x D
  let points: Matrix<Double>
  /// n x E, the embedded points.
  let embedded: Matrix<Double>
  let factor: GrowingFactor
  /// What was added to the diagonal besides the noise.
  let jitter: Double

  var count: Int { points.rows }

  private init(
    extending other: ConditionedInputs, points: Matrix<Double>, embedded: Matrix<Double>, factor: GrowingFactor
  ) {
    (kernel, embedding, signalVariance) = (other.kernel, other.embedding, other.signalVariance)
    (self.points, self.embedded, self.factor, jitter) = (points, embedded, factor, other.jitter)
  }

  init(
    kernel: StationaryKernel, embedding: InputEmbedding, signalVariance: Double, points: Matrix<Double>,
    noise: [Double]
  ) throws(GaussianProcessError) {
    let n = points.rows
    let embedded = embedding.embed(points)
    var matrix = Matrix<Double>(rows: n, columns: n)
    let memory = matrix.unsafeMutablePointer()
    jitter = try JitteredCholesky.factorize(
      memory, n: n, scale: signalVariance + noise.reduce(0, +) / Double(max(1, n))
    ) { values in
      withExtendedLifetime(embedded) {
        CovarianceMatrix.symmetric(
          kernel, scale: signalVariance, embedded.unsafePointer, n: n, width: embedding.width, values: values,
          slopes: nil)
      }
      for i in 0..<n { values[i * n + i] += noise[i] }
    }
    factor = withExtendedLifetime(matrix) { GrowingFactor(lower: memory, count: n) }
    (self.kernel, self.embedding, self.signalVariance) = (kernel, embedding, signalVariance)
    (self.points, self.embedded) = (points, embedded)
  }

  /// Covariances of q points with the observed ones and, if wanted, the slopes s k'(r) / r: q x n.
  func cross(
    _ other: UnsafePointer<Double>, rows q: Int, wantsSlopes: Bool
  ) -> (
    values: Matrix<Double>, slopes: Matrix<Double>?
  ) {
    var values = Matrix<Double>(rows: q, columns: count)
    var slopes = wantsSlopes ? Matrix<Double>(rows: q, columns: count) : nil
    let (valuePointer, slopePointer) = (values.unsafeMutablePointer(), slopes?.unsafeMutablePointer())
    withExtendedLifetime((values, slopes, embedded)) {
      CovarianceMatrix.cross(
        kernel, scale: signalVariance, other, q: q, embedded.unsafePointer, n: count, width: embedding.width,
        values: valuePointer, slopes: slopePointer)
    }
    return (values, slopes)
  }

  /// The covariance of p points given the observed ones in the lower triangle of p x p, and L^-1 k of each point (p x n).
  func conditionalCovariance(
    embedded other: Matrix<Double>, into matrix: UnsafeMutablePointer<Double>, whitened: Matrix<Double>
  ) {
    let p = other.rows
    withExtendedLifetime((other, whitened)) {
      CovarianceMatrix.symmetric(
        kernel, scale: signalVariance, other.unsafePointer, n: p, width: embedding.width, values: matrix, slopes: nil)
      if count > 0, p > 0 {
        BLAS.syrk(n: p, k: count, alpha: -1, whitened.unsafePointer, lda: count, beta: 1, matrix, ldc: p)
      }
    }
  }

  /// L^-1 k of p points as rows.
  func whitenedCross(embedded other: Matrix<Double>) -> Matrix<Double> {
    var whitened = withExtendedLifetime(other) {
      cross(other.unsafePointer, rows: other.rows, wantsSlopes: false).values
    }
    let pointer = whitened.unsafeMutablePointer()
    withExtendedLifetime(whitened) { factor.solveLower(rows: other.rows, pointer) }
    return whitened
  }

  /// With p more points: O(n^2 p).
  ///
  /// - Returns: Besides the new inputs, L^-1 k of the points (p x n) and the factor of their conditional covariance (p x p).
  func appending(
    _ more: Matrix<Double>, noise: [Double]
  ) throws(GaussianProcessError) -> (
    inputs: ConditionedInputs, whitened: Matrix<Double>, corner: Matrix<Double>
  ) {
    let p = more.rows
    let other = embedding.embed(more)
    let whitened = whitenedCross(embedded: other)
    var corner = Matrix<Double>(rows: p, columns: p)
    let cornerPointer = corner.unsafeMutablePointer()
    // A value without noise at a point that is almost known leaves a pivot of the size of the rounding errors.
    let floor = 1e-12 * signalVariance
    _ = try JitteredCholesky.factorize(cornerPointer, n: p, scale: signalVariance) { matrix in
      conditionalCovariance(embedded: other, into: matrix, whitened: whitened)
      for i in 0..<p { matrix[i * p + i] = max(matrix[i * p + i], 0) + max(noise[i], floor) }
    }
    let grown = withExtendedLifetime((whitened, corner)) {
      factor.appending(whitened: whitened.unsafePointer, corner: cornerPointer, rows: p)
    }
    let inputs = ConditionedInputs(
      extending: self, points: points.appending(more), embedded: embedded.appending(other), factor: grown)
    return (inputs, whitened, corner)
  }
}

extension Matrix {
  /// The rows of both.
  func appending(_ other: Matrix) -> Matrix {
    precondition(columns == other.columns, "rows of \(columns) and \(other.columns) numbers are no matrix")
    var result = Matrix(rows: rows + other.rows, columns: columns)
    let target = result.unsafeMutablePointer()
    withExtendedLifetime((self, other, result)) {
      Scalar.copy(unsafePointer, into: target, count: rows * columns)
      Scalar.copy(other.unsafePointer, into: target + rows * columns, count: other.rows * columns)
    }
    return result
  }
}
