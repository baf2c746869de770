public import Tensors

/// Where a posterior starts: mean ~ U(-mean, mean), which breaks the symmetry of the units, and
/// rho ~ U(rhoLow, rhoHigh).
public struct PosteriorInitialization: Hashable, Sendable {
  public var mean: Double
  public var rhoLow: Double
  public var rhoHigh: Double

  /// The defaults are the values of "Weight uncertainty in neural networks", section 3.
  public init(mean: Double = 0.2, rhoLow: Double = -5, rhoHigh: Double = -4) {
    precondition(mean >= 0 && rhoLow <= rhoHigh, "the means' range must be >= 0 and rhoLow <= rhoHigh")
    self.mean = mean
    self.rhoLow = rhoLow
    self.rhoHigh = rhoHigh
  }

  public func posterior<Scalar: TensorScalar>(count: Int, key: RandomKey) -> DiagonalGaussian<Scalar> {
    DiagonalGaussian(
      mean: .uniform(key.folded(0), from: Scalar(-mean), to: Scalar(mean), count: count),
      rho: .uniform(key.folded(1), from: Scalar(rhoLow), to: Scalar(rhoHigh), count: count))
  }
}
