public import Tensors

/// Means and variances of the latent function at q points.
public struct Posterior: Hashable, Sendable {
  public var mean: [Double]
  public var variance: [Double]

  public init(mean: [Double], variance: [Double]) {
    self.mean = mean
    self.variance = variance
  }
}

/// Means and variances of the latent function at q points, with their derivatives with respect to the D coordinates
/// (q x D): 0 for categories and where a coordinate does not exist.
public struct PosteriorGradients: Sendable {
  public var mean: [Double]
  public var variance: [Double]
  public var meanGradient: Matrix<Double>
  public var varianceGradient: Matrix<Double>
}
