import Foundation
public import Probability
public import Tensors

/// A Gaussian over a network's outputs for each of some inputs, the inputs apart from each other.
public struct OutputDistribution: Sendable {
  /// rows x outputs
  public let means: Matrix<Double>
  /// Each row an outputs x outputs matrix.
  public let covariances: Matrix<Double>
  /// Lower factors of the covariances, each row an outputs x outputs matrix.
  private let factors: [Double]

  public init(means: Matrix<Double>, covariances: Matrix<Double>) {
    let k = means.columns
    precondition(
      covariances.rows == means.rows && covariances.columns == k * k,
      "\(means.rows) rows of \(k) outputs do not go with \(covariances.rows) x \(covariances.columns) covariances")
    self.means = means
    self.covariances = covariances
    var factors = covariances.elements.array
    for row in 0..<means.rows { Self.factorize(&factors, from: row * k * k, k) }
    self.factors = factors
  }

  public var rows: Int { means.rows }
  public var outputs: Int { means.columns }

  /// The variance of an output.
  public func variance(_ row: Int, _ output: Int) -> Double { covariances[row, output * outputs + output] }

  /// Outputs drawn for every row, row after row: what a score takes as the outputs of one posterior sample. The same
  /// index and key give the same numbers.
  public func sample(_ index: Int, key: RandomKey) -> [Double] {
    let k = outputs
    let noise = Vector<Double>.normal(key.folded(index), count: rows * k).array
    var result = means.elements.array
    for row in 0..<rows {
      let factor = row * k * k
      for i in 0..<k {
        var sum = 0.0
        for j in 0...i { sum += factors[factor + i * k + j] * noise[row * k + j] }
        result[row * k + i] += sum
      }
    }
    return result
  }

  /// The predictive distribution of a regression's targets in closed form, rows x outputs: variance of the output plus
  /// that of the noise.
  ///
  /// - Parameter noise: The noise's standard deviation.
  public func targets(noise: Double) -> [Gaussian] {
    (0..<rows).flatMap { row in
      (0..<outputs).map { output in
        Gaussian(mean: means[row, output], scale: (variance(row, output) + noise * noise).squareRoot())
      }
    }
  }

  /// log p(y | x) of the targets of each row, with independent noise on every output.
  ///
  /// - Parameters:
  ///   - targets: rows x outputs, row after row.
  ///   - noise: The noise's standard deviation.
  public func logDensities(of targets: [Double], noise: Double) -> [Double] {
    let k = outputs
    precondition(targets.count == rows * k, "\(targets.count) targets for \(rows) rows of \(k) outputs")
    let constant = Double(k) * log(2 * Double.pi)
    return (0..<rows).map { row in
      let residuals = (0..<k).map { targets[row * k + $0] - means[row, $0] }
      if k == 1 {
        let variance = self.variance(row, 0) + noise * noise
        return -0.5 * (constant + log(variance) + residuals[0] * residuals[0] / variance)
      }
      var covariance = Matrix((0..<(k * k)).map { covariances[row, $0] }, rows: k, columns: k)
      for i in 0..<k { covariance[i, i] += noise * noise }
      // Noise makes it positive definite, unless it is too small for the digits.
      guard let factor = try? covariance.cholesky() else { return .nan }
      let distance = zip(factor.solve(Vector(residuals)).array, residuals).reduce(0) { $0 + $1.0 * $1.1 }
      return -0.5 * (constant + factor.logDeterminant + distance)
    }
  }

  /// Class probabilities without samples: softmax of the means, each divided by sqrt(1 + pi variance / 8) (MacKay 1992;
  /// for several classes the multi-class probit approximation of Gibbs 1998). rows x classes.
  public func probitProbabilities() -> Matrix<Double> {
    var result = means
    for row in 0..<rows {
      let logits = (0..<outputs).map { means[row, $0] / (1 + Double.pi / 8 * variance(row, $0)).squareRoot() }
      let largest = logits.max() ?? 0
      let exponentials = logits.map { exp($0 - largest) }
      let total = exponentials.reduce(0, +)
      for output in 0..<outputs { result[row, output] = exponentials[output] / total }
    }
    return result
  }

  /// The Cholesky factor in place of a matrix. A covariance can have a smaller rank: a pivot that is not positive gives
  /// a column of zeros.
  private static func factorize(_ a: inout [Double], from start: Int, _ k: Int) {
    for j in 0..<k {
      var pivot = a[start + j * k + j]
      let size = pivot
      for p in 0..<j { pivot -= a[start + j * k + p] * a[start + j * k + p] }
      let root = pivot > 1e-12 * size ? pivot.squareRoot() : 0
      a[start + j * k + j] = root
      for i in (j + 1)..<max(k, j + 1) {
        var sum = a[start + i * k + j]
        for p in 0..<j { sum -= a[start + i * k + p] * a[start + j * k + p] }
        a[start + i * k + j] = root > 0 ? sum / root : 0
        a[start + j * k + i] = 0
      }
    }
  }
}
