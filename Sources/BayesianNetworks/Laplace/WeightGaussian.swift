import Probability
import Tensors

/// A Gaussian of mean 0 over the uncertain weights, in a form in which it is drawn from, and taken through Jacobians,
/// without its covariance matrix.
protocol WeightGaussian<Scalar>: Sendable {
  associatedtype Scalar: DensityScalar

  /// log det of the precision.
  var logDeterminant: Double { get }

  /// Of each weight.
  var variances: [Double] { get }

  /// Standard normal noise -> a draw, in place.
  func color(_ noise: UnsafeMutablePointer<Scalar>)

  /// Adds J Sigma J', outputs x outputs, for each example of a run whose seeds were all outputs.
  func addOutputCovariances(_ run: JacobianRun<Scalar>, to covariances: UnsafeMutablePointer<Double>)
}

/// Adds the Gram matrix of some rows, K rows of `count` numbers that lie `stride` apart, to K x K numbers.
func addGram<Scalar: DensityScalar>(
  _ rows: UnsafePointer<Scalar>, rows k: Int, stride: Int, count: Int, to gram: UnsafeMutablePointer<Double>
) {
  for a in 0..<k {
    for b in 0...a {
      let product = Scalar.dot(rows + a * stride, rows + b * stride, count: count)
      gram[a * k + b] += product
      if a != b { gram[b * k + a] += product }
    }
  }
}
