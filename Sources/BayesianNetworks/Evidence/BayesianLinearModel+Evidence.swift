import Foundation
public import Probability
public import Tensors

extension BayesianLinearModel {
  /// log p(y | Phi, alpha, beta) in the space of weights, by Laplace's formula, which is exact here:
  ///
  ///     (m/2) ln beta + 1/2 ln det A - (m/2) ln 2 pi - S(mu) - 1/2 ln det H
  ///
  /// with A = alpha I and S(w) = beta/2 |y - Phi w|^2 + alpha/2 |w|^2. (The lecture on Bayesian multimodelling prints
  /// sqrt(beta |A|) for the first terms and S(w) as a factor.)
  public var logEvidence: Double {
    logNoiseNormalizer + 0.5 * Double(parameters) * log(priorPrecision) - logJointLoss - 0.5 * factor.logDeterminant
  }

  /// The derivatives of `logEvidence` with respect to ln alpha and ln beta (Bishop 2006, eqs. 3.91 and 3.94, times
  /// alpha and beta): 1/2 [n - alpha (|mu|^2 + tr H^-1)] and 1/2 [m - beta (|y - Phi mu|^2 + tr Phi H^-1 Phi^T)].
  public var logEvidenceGradient: (logPriorPrecision: Double, logNoisePrecision: Double) {
    let inverse = covariance
    let trace = (0..<parameters).reduce(0) { $0 + inverse[$1, $1] }
    let spread = uncertainties(features).reduce(0, +)
    return (
      0.5 * (Double(parameters) - priorPrecision * (Self.sumOfSquares(mean.array) + trace)),
      0.5 * (Double(rows) - noisePrecision * (Self.sumOfSquares(residuals) + spread))
    )
  }

  /// The same number in the space of functions: the density of y under N(0, I / beta + Phi Phi^T / alpha). Costs m^3.
  public func functionSpaceLogEvidence() throws(LinearAlgebraError) -> Double {
    guard rows > 0 else { return 0 }
    var covariance = features.gram()
    let (c, m) = (covariance.unsafeMutablePointer(), rows)
    for i in 0..<(m * m) { c[i] /= priorPrecision }
    for i in 0..<m { c[i * m + i] += 1 / noisePrecision }
    let factor = try covariance.cholesky()
    let whitened = factor.solveLower(Matrix(targets, rows: m, columns: 1))
    return -0.5 * (Double(m) * log(2 * .pi) + factor.logDeterminant + Self.sumOfSquares(whitened.elements.array))
  }

  /// The same number as a sum of predictions (the chain rule): log p(y_i | y_<i), each from the posterior of the rows
  /// before it, which one row at a time updates. Their sum does not depend on the order.
  ///
  /// - Parameter order: The rows in the order in which they are seen; in their own order by default.
  public func prequentialTerms(order: [Int]? = nil) -> [Double] {
    let order = order ?? Array(0..<rows)
    precondition(order.sorted() == Array(0..<rows), "the order must name each of the \(rows) rows once")
    let n = parameters
    var mean = Array(repeating: 0.0, count: n)
    var covariance = Array(repeating: 0.0, count: n * n)
    for j in 0..<n { covariance[j * n + j] = 1 / priorPrecision }
    return order.map { row in
      let phi = (0..<n).map { features[row, $0] }
      let gain = (0..<n).map { i in (0..<n).reduce(0) { $0 + covariance[i * n + $1] * phi[$1] } }
      let variance = 1 / noisePrecision + zip(phi, gain).reduce(0) { $0 + $1.0 * $1.1 }
      let prediction = Gaussian(mean: zip(phi, mean).reduce(0) { $0 + $1.0 * $1.1 }, scale: variance.squareRoot())
      let error = targets[row] - prediction.mean
      for i in 0..<n {
        mean[i] += gain[i] * error / variance
        for j in 0..<n { covariance[i * n + j] -= gain[i] * gain[j] / variance }
      }
      return prediction.logDensity(targets[row])
    }
  }

  /// log p(y_i | all other rows) of every row, exactly and without training again: with h = beta phi^T H^-1 phi, the
  /// prediction's error is r / (1 - h) and its variance 1 / (beta (1 - h)).
  public var leaveOneOut: ExpectedLogDensity {
    let pointwise = zip(residuals, uncertainties(features)).map { residual, uncertainty in
      let rest = 1 - noisePrecision * uncertainty
      return Gaussian(scale: (1 / (noisePrecision * rest)).squareRoot()).logDensity(residual / rest)
    }
    return ExpectedLogDensity(pointwise: pointwise, monteCarloError: nil)
  }

  /// S(mu)
  private var logJointLoss: Double {
    0.5 * (noisePrecision * Self.sumOfSquares(residuals) + priorPrecision * Self.sumOfSquares(mean.array))
  }
}
