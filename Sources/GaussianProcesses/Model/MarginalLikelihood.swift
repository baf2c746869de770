import Foundation
import Tensors

/// The log posterior density of the hyperparameters, log p(y | theta) + log p(theta), with its gradient with respect to
/// their logarithms (Rasmussen and Williams 2006, eq. 5.8 and 5.9). The constant mean takes its best value under
/// N(0, meanScale^2).
///
/// An evaluation costs about n^3 for the factor and the inverse, and O(n^2 E) for the rest, all in BLAS: with
/// G = alpha alpha^T - K^-1 and W_ij = G_ij s k'(r_ij) / r_ij, the gradient with respect to the embedded points is
/// diag(W 1) Z - W Z, and the chain rule leads from there to length scales, distances and warps in O(n E).
package struct MarginalLikelihood {
  let observations: Observations
  let kernel: StationaryKernel
  let parameters: HyperparameterVector
  // Two n x n matrices and one n x E, kept between evaluations.
  private var covariance: Matrix<Double>
  private var slopes: Matrix<Double>

  package init(_ observations: Observations, kernel: StationaryKernel, parameters: HyperparameterVector) {
    self.observations = observations
    self.kernel = kernel
    self.parameters = parameters
    covariance = Matrix(rows: observations.count, columns: observations.count)
    slopes = covariance
  }

  /// The value, nan where the covariance has no factor. The gradient is overwritten.
  package mutating func callAsFunction(_ vector: [Double], gradient: inout [Double]) -> Double {
    let theta = parameters.hyperparameters(vector)
    let (n, embedding) = (observations.count, InputEmbedding(parameters.features, theta))
    let (width, scale) = (embedding.width, theta.signalVariance)
    let embedded = embedding.embed(observations.points)
    var embeddedGradient = Matrix<Double>(rows: n, columns: width)
    let (k, w) = (covariance.unsafeMutablePointer(), slopes.unsafeMutablePointer())
    let (z, zGradient) = (embedded.unsafePointer, embeddedGradient.unsafeMutablePointer())
    for i in gradient.indices { gradient[i] = 0 }

    return withExtendedLifetime((embedded, embeddedGradient)) {
      CovarianceMatrix.symmetric(kernel, scale: scale, z, n: n, width: width, values: k, slopes: w)
      let noise = observations.noise.map { $0 + theta.noiseVariance }
      for i in 0..<n { k[i * n + i] += noise[i] }
      guard JitteredCholesky.factorizeOnce(k, n: n) else { return .nan }

      let fit = solveMean(factor: k)
      let logDeterminant = 2 * (0..<n).reduce(0.0) { $0 + log(k[$1 * n + $1]) }
      var value = -0.5 * (fit.quadratic + logDeterminant + Double(n) * log(2 * Double.pi))
      value -= 0.5 * (fit.mean / parameters.priors.meanScale) * (fit.mean / parameters.priors.meanScale)

      let info = Double.potri(k, n: n)
      guard info == 0 else { return .nan }
      var (trace, noiseTrace, noisePart) = (0.0, 0.0, 0.0)
      fit.weights.withUnsafeBufferPointer { buffer in
        guard let alpha = buffer.baseAddress else { return }
        for i in 0..<n {
          let diagonal = alpha[i] * alpha[i] - k[i * n + i]
          noiseTrace += diagonal
          noisePart += diagonal * noise[i]
          let (inverse, row, weight) = (k + i * n, w + i * n, alpha[i])
          for j in 0...i { row[j] *= weight * alpha[j] - inverse[j] }
        }
      }
      // tr(G K) without noise; tr(G (K + N)) = alpha^T (K + N) alpha - n.
      trace = fit.quadratic - Double(n) - noisePart
      Double.mirrorLowerTriangle(w, n: n)
      BLAS.gemm(m: n, n: width, k: n, alpha: -1, w, lda: n, z, ldb: width, zGradient, ldc: width)
      for i in 0..<n {
        let total = Double.sum(w + i * n, count: n)
        for c in 0..<width { zGradient[i * width + c] += total * z[i * width + c] }
      }
      let pulled = embedding.parameterPullback(zGradient, at: observations.points)
      for (index, element) in parameters.elements.enumerated() {
        switch element {
        case .lengthScale(let feature): gradient[index] = pulled.logLengthScales[feature]
        case .inactiveDistance(let feature): gradient[index] = pulled.logInactiveDistances[feature]
        case .warpA(let feature): gradient[index] = pulled.logA[feature]
        case .warpB(let feature): gradient[index] = pulled.logB[feature]
        case .signalVariance: gradient[index] = 0.5 * trace
        case .noiseVariance: gradient[index] = 0.5 * theta.noiseVariance * noiseTrace
        }
      }
      return value + parameters.logPrior(vector, gradient: &gradient)
    }
  }

  /// The best mean for the hyperparameters; nil where the covariance has no factor.
  package mutating func mean(_ vector: [Double]) -> Double? {
    let theta = parameters.hyperparameters(vector)
    let (n, embedding) = (observations.count, InputEmbedding(parameters.features, theta))
    let embedded = embedding.embed(observations.points)
    let k = covariance.unsafeMutablePointer()
    return withExtendedLifetime(embedded) {
      CovarianceMatrix.symmetric(
        kernel, scale: theta.signalVariance, embedded.unsafePointer, n: n, width: embedding.width, values: k,
        slopes: nil)
      for i in 0..<n { k[i * n + i] += observations.noise[i] + theta.noiseVariance }
      return JitteredCholesky.factorizeOnce(k, n: n) ? solveMean(factor: k).mean : nil
    }
  }

  /// The mean m that maximises log N(y; m, K) + log N(m; 0, meanScale^2), alpha = K^-1 (y - m), and (y - m)^T alpha.
  private func solveMean(factor: UnsafePointer<Double>) -> (mean: Double, weights: [Double], quadratic: Double) {
    let n = observations.count
    // Rows K^-1 y and K^-1 1.
    var solved = observations.outcomes + Array(repeating: 1.0, count: n)
    solved.withUnsafeMutableBufferPointer { buffer in
      guard n > 0, let base = buffer.baseAddress else { return }
      BLAS.trsm(right: true, transpose: true, m: 2, n: n, lower: factor, ldl: n, base, ldb: n)
      BLAS.trsm(right: true, m: 2, n: n, lower: factor, ldl: n, base, ldb: n)
    }
    let (byOutcomes, byOnes) = (solved[..<n].reduce(0, +), solved[n...].reduce(0, +))
    let scale = parameters.priors.meanScale
    let mean = byOutcomes / (byOnes + 1 / (scale * scale))
    let weights = (0..<n).map { solved[$0] - mean * solved[n + $0] }
    let quadratic = (0..<n).reduce(0.0) { $0 + weights[$1] * (observations.outcomes[$1] - mean) }
    return (mean, weights, quadratic)
  }
}
