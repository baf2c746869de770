import Foundation
public import Tensors

/// A draw of a whole function from the posterior, to be maximised (Thompson sampling).
///
/// Pathwise: a draw from the prior by random Fourier features, plus its exact correction to the data,
/// f(x) + k(x, X) (K + N)^-1 (y - f(X) - e) with e drawn from the noise N (Wilson et al. 2020, "Efficiently sampling
/// functions from Gaussian process posteriors", eq. 13). Pending points need no care: each draw differs.
public struct ThompsonDraw: AcquisitionFunction {
  private let process: GaussianProcess
  /// m x E
  private let frequencies: Matrix<Double>
  /// Of the m cosines and the m sines.
  private let weights: [Double]
  private let observed: Matrix<Double>
  /// (K + N)^-1 (y - f(X) - e)
  private let correction: Matrix<Double>

  /// - Parameter features: The pairs of random features m. The prior's covariances are right to about s / sqrt(m).
  public init(_ process: GaussianProcess, key: RandomKey, features: Int = 512) {
    self.process = process
    frequencies = process.spectralFrequencies(features, key: key.folded(0))
    let scale = (process.signalVariance / Double(features)).squareRoot()
    weights = Vector<Double>.normal(key.folded(1), count: 2 * features).array.map { scale * $0 }
    observed = process.embed(process.points)
    let prior = Self.prior(at: observed, frequencies, weights, gradients: nil)
    let noise = Vector<Double>.normal(key.folded(2), count: process.count)
    let variances = process.observationNoise
    let residual = (0..<process.count).map {
      process.outcomes[$0] - process.mean - prior[$0] - variances[$0].squareRoot() * noise[$0]
    }
    correction =
      residual.isEmpty
      ? Matrix(rows: 0, columns: 1) : process.solve(Matrix(residual, rows: process.count, columns: 1))
  }

  public func values(at points: Matrix<Double>) -> [Double] {
    let prior = Self.prior(at: process.embed(points), frequencies, weights, gradients: nil)
    guard process.count > 0, points.rows > 0 else { return prior.map { process.mean + $0 } }
    let update = process.kernelMatrix(points).multiplied(by: correction)
    return prior.indices.map { process.mean + prior[$0] + update[$0, 0] }
  }

  public func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    let embedded = process.embed(points)
    let (q, n, width) = (points.rows, process.count, embedded.columns)
    var gradients = Matrix<Double>(rows: q, columns: width)
    var values = Self.prior(at: embedded, frequencies, weights, gradients: &gradients).map { process.mean + $0 }
    guard n > 0, q > 0 else { return (values, process.pullback(gradients, at: points)) }
    var (covariances, slopes) = (Matrix<Double>(rows: q, columns: n), Matrix<Double>(rows: q, columns: n))
    CovarianceMatrix.cross(
      process.kernel, scale: process.signalVariance, embedded.unsafePointer, q: q, observed.unsafePointer, n: n,
      width: width, values: covariances.unsafeMutablePointer(), slopes: slopes.unsafeMutablePointer())
    withExtendedLifetime((embedded, observed, correction)) {
      let (target, v) = (gradients.unsafeMutablePointer(), correction.unsafePointer)
      let (row, z) = (covariances.unsafeMutablePointer(), embedded.unsafePointer)
      let slope = slopes.unsafeMutablePointer()
      for i in 0..<q {
        var (update, total) = (0.0, 0.0)
        for j in 0..<n {
          update += row[i * n + j] * v[j]
          slope[i * n + j] *= v[j]
          total += slope[i * n + j]
        }
        values[i] += update
        // The gradient of k(z, z_j) is k'(r) / r (z - z_j); the part with z_j follows for all points at once.
        Double.axpy(total, z + i * width, target + i * width, count: width)
      }
      BLAS.gemm(
        m: q, n: width, k: n, alpha: -1, slope, lda: n, observed.unsafePointer, ldb: width, beta: 1, target,
        ldc: width)
    }
    return (values, process.pullback(gradients, at: points))
  }

  /// The draw from the prior, without its mean, and its gradient in embedded coordinates.
  private static func prior(
    at embedded: Matrix<Double>, _ frequencies: Matrix<Double>, _ weights: [Double],
    gradients: UnsafeMutablePointer<Matrix<Double>>?
  ) -> [Double] {
    let (q, m) = (embedded.rows, frequencies.rows)
    var phases = embedded.multiplied(by: frequencies, transposeOther: true)
    let phase = phases.unsafeMutablePointer()
    let values = (0..<q).map { i in
      var sum = 0.0
      for j in 0..<m {
        let (sine, cosine) = (sin(phase[i * m + j]), cos(phase[i * m + j]))
        sum += weights[j] * cosine + weights[m + j] * sine
        phase[i * m + j] = weights[m + j] * cosine - weights[j] * sine
      }
      return sum
    }
    gradients?.pointee = phases.multiplied(by: frequencies)
    return values
  }
}
