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

  /// With given standard deviations, to within the rounding of their rhos.
  public init(mean: Vector<Scalar>, scale: Vector<Scalar>) {
    var rho = scale
    let base = rho.unsafeMutablePointer()
    Scalar.inverseSoftplus(base, into: base, count: scale.count)
    self.init(mean: mean, rho: rho)
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
    withExtendedLifetime(scale) {
      Scalar.reparameterize(
        mean: mean.unsafePointer, scale: scale.unsafePointer, noise: base, into: base, count: count)
    }
    return result
  }
}
