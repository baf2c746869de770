import Foundation
public import Probability
public import Tensors

/// Bayesian linear regression, where everything is known exactly: y = Phi w + noise, w ~ N(0, I / alpha),
/// noise ~ N(0, 1 / beta), with m rows of n features.
///
/// The posterior is N(mu, H^-1) with H = alpha I + beta Phi^T Phi and mu = beta H^-1 Phi^T y (Bishop 2006, section
/// 3.3).
public struct BayesianLinearModel: Sendable {
  /// Phi, m x n; m may be 0, and the posterior is then the prior.
  public let features: Matrix<Double>
  /// y
  public let targets: Vector<Double>
  /// alpha
  public let priorPrecision: Double
  /// beta
  public let noisePrecision: Double
  /// mu
  public let mean: Vector<Double>
  /// H: the posterior's precision, and the Hessian of the negative log joint density.
  public let precision: Matrix<Double>
  /// The factorisation of H.
  public let factor: Cholesky<Double>

  /// - Throws: Where H is not positive definite to the precision of the numbers: features that are not finite, or of
  ///   very different sizes with a prior precision that is too small.
  public init(
    features: Matrix<Double>, targets: [Double], priorPrecision: Double, noisePrecision: Double
  ) throws(LinearAlgebraError) {
    precondition(features.columns >= 1, "a linear model needs at least one feature")
    precondition(features.rows == targets.count, "\(features.rows) rows of features for \(targets.count) targets")
    precondition(
      priorPrecision > 0 && noisePrecision > 0,
      "precisions must be positive, got \(priorPrecision) for the prior and \(noisePrecision) for the noise")
    self.features = features
    self.targets = Vector(targets)
    self.priorPrecision = priorPrecision
    self.noisePrecision = noisePrecision
    var hessian = features.gram(transposed: true)
    let (h, n) = (hessian.unsafeMutablePointer(), features.columns)
    for i in 0..<(n * n) { h[i] *= noisePrecision }
    for i in 0..<n { h[i * n + i] += priorPrecision }
    precision = hessian
    factor = try hessian.cholesky()
    var right = features.multiplied(by: self.targets, transposeSelf: true)
    let base = right.unsafeMutablePointer()
    for i in 0..<n { base[i] *= noisePrecision }
    mean = factor.solve(right)
  }

  /// m
  public var rows: Int { features.rows }
  /// n
  public var parameters: Int { features.columns }
  /// H^-1
  public var covariance: Matrix<Double> { factor.inverse }

  /// The same model on a part of the rows.
  public func selecting(rows indices: [Int]) throws(LinearAlgebraError) -> BayesianLinearModel {
    try BayesianLinearModel(
      features: features.selecting(rows: indices), targets: indices.map { targets[$0] },
      priorPrecision: priorPrecision, noisePrecision: noisePrecision)
  }

  /// log p(y | Phi, w); writes its derivative beta Phi^T (y - Phi w).
  public func logLikelihood(_ weights: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    let n = parameters
    var squares = 0.0
    for j in 0..<n { gradient[j] = 0 }
    withExtendedLifetime((features, targets)) {
      let (phi, y) = (features.unsafePointer, targets.unsafePointer)
      for row in 0..<rows {
        var residual = y[row]
        for j in 0..<n { residual -= phi[row * n + j] * weights[j] }
        squares += residual * residual
        for j in 0..<n { gradient[j] += noisePrecision * residual * phi[row * n + j] }
      }
    }
    return logNoiseNormalizer - 0.5 * noisePrecision * squares
  }

  /// log p(y | Phi, w) of every row.
  public func pointwiseLogLikelihood(_ weights: Vector<Double>) -> [Double] {
    let noise = Gaussian(scale: (1 / noisePrecision).squareRoot())
    return zip(targets.array, features.multiplied(by: weights).array).map { noise.logDensity($0 - $1) }
  }

  /// Draws from the posterior, one in each row: mu + L^-T z with H = L L^T.
  public func samples(_ count: Int, key: RandomKey) -> Matrix<Double> {
    let noise = Matrix(Vector<Double>.normal(key, count: parameters * count), rows: parameters, columns: count)
    var result = factor.solveLowerTransposed(noise).transposed()
    let memory = result.unsafeMutablePointer()
    for sample in 0..<count {
      for j in 0..<parameters { memory[sample * parameters + j] += mean[j] }
    }
    return result
  }

  /// The predictive distribution of a new target for each row of features: mean phi^T mu and variance
  /// 1 / beta + phi^T H^-1 phi.
  ///
  /// - Parameter noise: Whether the noise's variance 1 / beta is part of it.
  public func predictive(_ features: Matrix<Double>, noise: Bool = true) -> [Gaussian] {
    let means = features.multiplied(by: mean)
    return zip(means.array, uncertainties(features)).map { mean, variance in
      Gaussian(mean: mean, scale: (variance + (noise ? 1 / noisePrecision : 0)).squareRoot())
    }
  }

  /// phi^T H^-1 phi = |L^-1 phi|^2 of every row.
  func uncertainties(_ features: Matrix<Double>) -> [Double] {
    let whitened = factor.solveLower(features.transposed())
    return (0..<features.rows).map { row in
      (0..<parameters).reduce(0) { $0 + whitened[$1, row] * whitened[$1, row] }
    }
  }

  /// y - Phi mu
  var residuals: [Double] {
    zip(targets.array, features.multiplied(by: mean).array).map { $0 - $1 }
  }

  /// (m / 2) ln(beta / 2 pi)
  var logNoiseNormalizer: Double { 0.5 * Double(rows) * log(noisePrecision / (2 * .pi)) }

  /// The sum of the squares, in the order given.
  static func sumOfSquares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
}
