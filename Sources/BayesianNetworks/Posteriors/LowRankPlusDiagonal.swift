import Foundation
public import Probability
public import Tensors

/// The Gaussian of SWAG (Maddox et al. 2019, eq. 1): N(mean, (diag(variance) + D D' / (K - 1)) / 2), with the K columns of
/// D deviations of iterates from their mean. A sample is
///
///     mean + (sqrt(variance) z1 + D z2 / sqrt(K - 1)) / sqrt(2)
///
/// Its density goes through the matrix determinant lemma and Woodbury's identity: K scalar products of the parameters'
/// length.
public struct LowRankPlusDiagonal<Scalar: DensityScalar>: DensityPosterior {
  public let mean: Vector<Scalar>
  /// At least `smallestVariance`.
  public let variance: Vector<Scalar>
  /// The K columns of D.
  public let deviations: [Vector<Scalar>]
  /// sqrt(variance / 2)
  private let scale: Vector<Scalar>
  /// 1 / sqrt(2 (K - 1))
  private let columnScale: Double
  /// Cholesky factor, row after row, of I + U' A^-1 U with A = diag(variance) / 2 and U = D / sqrt(2 (K - 1)).
  private let factor: [Double]
  private let logNormalization: Double

  /// Parameters that never moved have this variance, so that there is a density.
  public static var smallestVariance: Scalar { 1e-30 }

  /// - Parameters:
  ///   - variance: Not negative.
  ///   - deviations: At least two.
  public init(mean: Vector<Scalar>, variance: Vector<Scalar>, deviations: [Vector<Scalar>]) {
    precondition(deviations.count >= 2, "the low-rank part needs at least two deviations, got \(deviations.count)")
    let n = mean.count
    precondition(
      variance.count == n && deviations.allSatisfy { $0.count == n },
      "mean, variances and deviations have different lengths")
    var bounded = variance
    let base = bounded.unsafeMutablePointer()
    for i in 0..<n where !(base[i] >= Self.smallestVariance) { base[i] = Self.smallestVariance }
    var scale = bounded
    let root = scale.unsafeMutablePointer()
    Scalar.scale(root, by: 0.5, count: n)
    Scalar.sqrt(root, into: root, count: n)
    self.mean = mean
    self.variance = bounded
    self.deviations = deviations
    self.scale = scale
    let k = deviations.count
    columnScale = 1 / (2 * Double(k - 1)).squareRoot()
    let factor = Self.cholesky(Self.innerMatrix(scale: scale, deviations: deviations), k)
    self.factor = factor
    let logDeterminant =
      2 * withExtendedLifetime(scale) { Scalar.sumOfLogs(scale.unsafePointer, count: n) }
      + 2 * (0..<k).reduce(0) { $0 + log(factor[$1 * k + $1]) }
    logNormalization = Double(n) * Gaussian().logDensity(0) - 0.5 * logDeterminant
  }

  public var count: Int { mean.count }
  public var distinctSamples: Int? { nil }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    let key = key.folded(index)
    let noise = Vector<Double>.normal(key.folded(1), count: deviations.count)
    Scalar.fillNormal(key.folded(0), offset: 0, into: weights, count: count)
    withExtendedLifetime(self) {
      Scalar.reparameterize(
        mean: mean.unsafePointer, scale: scale.unsafePointer, noise: weights, into: weights, count: count)
      for (i, deviation) in deviations.enumerated() {
        Scalar.axpy(Scalar(noise[i] * columnScale), deviation.unsafePointer, weights, count: count)
      }
    }
  }

  public func sampleWithLogDensity(
    _ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>
  ) -> Double {
    sample(index, key: key, into: weights)
    return logDensity(weights)
  }

  /// log q(w)
  public func logDensity(_ weights: UnsafePointer<Scalar>) -> Double {
    let k = deviations.count
    var (difference, whitened) = (Vector<Scalar>(count: count), Vector<Scalar>(count: count))
    let (x, y) = (difference.unsafeMutablePointer(), whitened.unsafeMutablePointer())
    return withExtendedLifetime((self, difference, whitened)) {
      Scalar.subtract(weights, mean.unsafePointer, into: x, count: count)
      // A^-1 (w - mean), in two steps, so that the smallest variances do not overflow.
      Scalar.divide(x, scale.unsafePointer, into: y, count: count)
      var squares = Scalar.sumOfSquares(y, count: count)
      Scalar.divide(y, scale.unsafePointer, into: y, count: count)
      // (w - mean)' Sigma^-1 (w - mean) = |A^-1/2 (w - mean)|^2 - |L^-1 U' A^-1 (w - mean)|^2
      var solution = deviations.map { Scalar.dot(y, $0.unsafePointer, count: count) * columnScale }
      for i in 0..<k {
        for j in 0..<i { solution[i] -= factor[i * k + j] * solution[j] }
        solution[i] /= factor[i * k + i]
        squares -= solution[i] * solution[i]
      }
      return logNormalization - 0.5 * squares
    }
  }

  /// I + U' A^-1 U, its lower half.
  private static func innerMatrix(scale: Vector<Scalar>, deviations: [Vector<Scalar>]) -> [Double] {
    let k = deviations.count
    var matrix = Array(repeating: 0.0, count: k * k)
    var whitened = Vector<Scalar>(count: scale.count)
    let base = whitened.unsafeMutablePointer()
    withExtendedLifetime((scale, deviations, whitened)) {
      for i in 0..<k {
        Scalar.divide(deviations[i].unsafePointer, scale.unsafePointer, into: base, count: scale.count)
        Scalar.divide(base, scale.unsafePointer, into: base, count: scale.count)
        for j in 0...i {
          matrix[i * k + j] = Scalar.dot(base, deviations[j].unsafePointer, count: scale.count) / Double(2 * (k - 1))
        }
        matrix[i * k + i] += 1
      }
    }
    return matrix
  }

  /// The lower factor L of a symmetric positive matrix L L', of which the lower half is given.
  private static func cholesky(_ matrix: [Double], _ k: Int) -> [Double] {
    var l = matrix
    for i in 0..<k {
      for j in 0...i {
        let sum = (0..<j).reduce(l[i * k + j]) { $0 - l[i * k + $1] * l[j * k + $1] }
        l[i * k + j] = i == j ? max(sum, 1e-300).squareRoot() : sum / l[j * k + j]
      }
    }
    return l
  }
}
