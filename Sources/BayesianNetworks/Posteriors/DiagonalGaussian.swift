import Probability
public import Tensors

/// q(w) = N(w; mean, diag(scale^2)) with scale = softplus(rho): a Gaussian for each weight, all independent.
public struct DiagonalGaussian<Scalar: TensorScalar>: Sendable, Equatable {
  public var mean: Vector<Scalar>
  public var rho: Vector<Scalar>

  public init(mean: Vector<Scalar>, rho: Vector<Scalar>) {
    precondition(mean.count == rho.count, "\(mean.count) means and \(rho.count) scales do not belong together")
    self.mean = mean
    self.rho = rho
  }

  public var count: Int { mean.count }

  /// Standard deviations: softplus(rho).
  public var scale: Vector<Scalar> {
    var result = rho
    let base = result.unsafeMutablePointer()
    Scalar.softplus(base, into: base, count: count)
    return result
  }

  /// A sample w = mean + scale * noise, with the noise of the key.
  public func sample(_ key: RandomKey) -> Vector<Scalar> {
    var result = Vector<Scalar>.normal(key, count: count)
    let base = result.unsafeMutablePointer()
    let scale = scale
    Scalar.reparameterize(
      mean: mean.unsafePointer, scale: scale.unsafePointer, noise: base, into: base, count: count)
    return result
  }
}

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
