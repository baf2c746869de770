public import Tensors

/// s posteriors which share their inputs, and so their variance. A `GaussianProcess` is one of a single set.
public struct FantasizedProcess: Sendable {
  let batch: PosteriorBatch

  public var sets: Int { batch.weights.rows }

  /// Means (q x s) and variances of the latent function at q points.
  public func posterior(at points: Matrix<Double>) -> (means: Matrix<Double>, variance: [Double]) {
    batch.posterior(at: points)
  }

  /// A number that the caller makes of every point's s means and variance, with its gradient with respect to the D
  /// coordinates (q x D; 0 for categories and where a coordinate does not exist).
  ///
  /// - Parameter reduce: Takes the number of the point, its means and its variance; writes the derivatives with respect
  ///   to the means, which are 0 before, and returns the value and its derivative with respect to the variance.
  public func valueAndGradients(
    at points: Matrix<Double>,
    reduce: (
      _ point: Int, _ means: UnsafePointer<Double>, _ variance: Double,
      _ meanDerivatives: UnsafeMutablePointer<Double>
    ) -> (value: Double, varianceDerivative: Double)
  ) -> (values: [Double], gradients: Matrix<Double>) {
    batch.valueAndGradients(at: points, reduce: reduce)
  }
}
