public import Probability
public import Tensors

/// A diagonal Gaussian over the weights, and point estimates of the likelihood's own parameters after them.
public struct VariationalPosterior<Scalar: DensityScalar>: DensityPosterior {
  public let weights: DiagonalGaussian<Scalar>
  /// The likelihood's parameters.
  public let tail: Vector<Scalar>
  /// Standard deviations of the weights.
  public let scale: Vector<Scalar>
  /// log q(w) + |noise|^2 / 2
  private let logNormalization: Double

  public init(_ weights: DiagonalGaussian<Scalar>, tail: Vector<Scalar> = Vector(count: 0)) {
    self.init(weights, scale: weights.scale, tail: tail)
  }

  /// With given standard deviations, which the samples have to the last bit; the rhos follow from them.
  public init(mean: Vector<Scalar>, scale: Vector<Scalar>, tail: Vector<Scalar> = Vector(count: 0)) {
    self.init(DiagonalGaussian(mean: mean, scale: scale), scale: scale, tail: tail)
  }

  private init(_ weights: DiagonalGaussian<Scalar>, scale: Vector<Scalar>, tail: Vector<Scalar>) {
    self.weights = weights
    self.tail = tail
    self.scale = scale
    let n = weights.count
    logNormalization = withExtendedLifetime(scale) {
      Double(n) * Gaussian().logDensity(0) - Scalar.sumOfLogs(scale.unsafePointer, count: n)
    }
  }

  public var count: Int { weights.count + tail.count }
  public var distinctSamples: Int? { nil }

  public func sample(_ index: Int, key: RandomKey, into target: UnsafeMutablePointer<Scalar>) {
    Scalar.fillNormal(key.folded(index), offset: 0, into: target, count: weights.count)
    finish(target)
  }

  public func sampleWithLogDensity(
    _ index: Int, key: RandomKey, into target: UnsafeMutablePointer<Scalar>
  ) -> Double {
    Scalar.fillNormal(key.folded(index), offset: 0, into: target, count: weights.count)
    let squares = Scalar.sumOfSquares(target, count: weights.count)
    finish(target)
    return logNormalization - 0.5 * squares
  }

  /// Turns noise into weights in place, and adds the tail.
  private func finish(_ target: UnsafeMutablePointer<Scalar>) {
    withExtendedLifetime(self) {
      Scalar.reparameterize(
        mean: weights.mean.unsafePointer, scale: scale.unsafePointer, noise: target, into: target,
        count: weights.count)
      Scalar.copy(tail.unsafePointer, into: target + weights.count, count: tail.count)
    }
  }
}
