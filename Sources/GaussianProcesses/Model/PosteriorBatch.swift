import Tensors

/// Posterior means of s sets of weights, which share their inputs, and the variance, at batches of points: the one
/// place where they and their derivatives are computed.
struct PosteriorBatch {
  let inputs: ConditionedInputs
  let mean: Double
  /// K^-1 (y - m) of every set: s x n.
  let weights: Matrix<Double>

  /// What is known without data is known to rounding errors only.
  private var leastVariance: Double { 1e-14 * inputs.signalVariance }

  /// Points in one batch: its covariances stay in the cache.
  private var batchSize: Int { min(512, max(32, 131_072 / max(1, inputs.count))) }

  private func forBatches(_ rows: Int, _ body: (Range<Int>) -> Void) {
    for start in stride(from: 0, to: rows, by: batchSize) { body(start..<min(start + batchSize, rows)) }
  }

  /// The means of a batch, count x s.
  private func means(_ values: UnsafePointer<Double>, count q: Int, into out: UnsafeMutablePointer<Double>) {
    let (n, sets) = (inputs.count, weights.rows)
    for i in 0..<(q * sets) { out[i] = mean }
    guard n > 0, q > 0, sets > 0 else { return }
    withExtendedLifetime(weights) {
      BLAS.gemm(
        transposeB: true, m: q, n: sets, k: n, values, lda: n, weights.unsafePointer, ldb: n, beta: 1, out, ldc: sets)
    }
  }

  /// The means alone, q x s: without a triangular solve.
  func means(at points: Matrix<Double>) -> Matrix<Double> {
    let embedded = inputs.embedding.embed(points)
    var result = Matrix<Double>(rows: points.rows, columns: weights.rows)
    let out = result.unsafeMutablePointer()
    withExtendedLifetime((embedded, result)) {
      forBatches(points.rows) { rows in
        let (values, _) = inputs.cross(
          embedded.unsafePointer + rows.lowerBound * inputs.embedding.width, rows: rows.count, wantsSlopes: false)
        withExtendedLifetime(values) {
          means(values.unsafePointer, count: rows.count, into: out + rows.lowerBound * weights.rows)
        }
      }
    }
    return result
  }

  /// Means (q x s) and variances.
  func posterior(at points: Matrix<Double>) -> (means: Matrix<Double>, variance: [Double]) {
    let n = inputs.count
    let embedded = inputs.embedding.embed(points)
    var means = Matrix<Double>(rows: points.rows, columns: weights.rows)
    var variance = Array(repeating: 0.0, count: points.rows)
    let out = means.unsafeMutablePointer()
    withExtendedLifetime((embedded, means)) {
      forBatches(points.rows) { rows in
        var (values, _) = inputs.cross(
          embedded.unsafePointer + rows.lowerBound * inputs.embedding.width, rows: rows.count, wantsSlopes: false)
        let memory = values.unsafeMutablePointer()
        withExtendedLifetime(values) {
          self.means(memory, count: rows.count, into: out + rows.lowerBound * weights.rows)
          inputs.factor.solveLower(rows: rows.count, memory)
          for row in rows {
            let explained = Double.sumOfSquares(memory + (row - rows.lowerBound) * n, count: n)
            variance[row] = max(inputs.signalVariance - explained, leastVariance)
          }
        }
      }
    }
    return (means, variance)
  }

  /// A number of every point's means and variance, with its gradient with respect to the coordinates: with c_j =
  /// sum_s (dv / dmean_s) weights_sj - 2 (dv / dvariance) (K^-1 k)_j, dv / dz = sum_j c_j (s k'(r_j) / r_j) (z - z_j).
  func valueAndGradients(
    at points: Matrix<Double>,
    reduce: (
      _ point: Int, _ means: UnsafePointer<Double>, _ variance: Double,
      _ meanDerivatives: UnsafeMutablePointer<Double>
    ) -> (value: Double, varianceDerivative: Double)
  ) -> (values: [Double], gradients: Matrix<Double>) {
    let (n, sets, width) = (inputs.count, weights.rows, inputs.embedding.width)
    let embedded = inputs.embedding.embed(points)
    var results = Array(repeating: 0.0, count: points.rows)
    var embeddedGradients = Matrix<Double>(rows: points.rows, columns: width)
    let gradients = embeddedGradients.unsafeMutablePointer()
    withExtendedLifetime((embedded, embeddedGradients, weights, inputs)) {
      forBatches(points.rows) { rows in
        let q = rows.count
        let z = embedded.unsafePointer + rows.lowerBound * width
        var (values, slopeMatrix) = inputs.cross(z, rows: q, wantsSlopes: true)
        guard let slopeMatrix else { return }
        let (memory, slopes) = (values.unsafeMutablePointer(), slopeMatrix.unsafePointer)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * q * sets + q) { scratch in
          let means = scratch.baseAddress.unsafelyUnwrapped
          let (derivatives, varianceDerivatives) = (means + q * sets, means + 2 * q * sets)
          withExtendedLifetime((values, slopeMatrix)) {
            self.means(memory, count: q, into: means)
            inputs.factor.solveLower(rows: q, memory)
            for row in 0..<q {
              let explained = Double.sumOfSquares(memory + row * n, count: n)
              let variance = max(inputs.signalVariance - explained, leastVariance)
              for set in 0..<sets { derivatives[row * sets + set] = 0 }
              let reduced = reduce(rows.lowerBound + row, means + row * sets, variance, derivatives + row * sets)
              results[rows.lowerBound + row] = reduced.value
              varianceDerivatives[row] = reduced.varianceDerivative
            }
            guard n > 0 else { return }
            inputs.factor.solveUpper(rows: q, memory)
            for row in 0..<q { Double.scale(memory + row * n, by: -2 * varianceDerivatives[row], count: n) }
            if sets > 0 {
              BLAS.gemm(
                m: q, n: n, k: sets, derivatives, lda: sets, weights.unsafePointer, ldb: n, beta: 1, memory, ldc: n)
            }
            for i in 0..<(q * n) { memory[i] *= slopes[i] }
            let out = gradients + rows.lowerBound * width
            BLAS.gemm(
              m: q, n: width, k: n, alpha: -1, memory, lda: n, inputs.embedded.unsafePointer, ldb: width, out,
              ldc: width)
            for row in 0..<q {
              let total = Double.sum(memory + row * n, count: n)
              for c in 0..<width { out[row * width + c] += total * z[row * width + c] }
            }
          }
        }
      }
    }
    return (results, inputs.embedding.inputPullback(embeddedGradients, at: points))
  }
}
