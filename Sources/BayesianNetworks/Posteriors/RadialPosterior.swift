import Foundation
public import Probability
public import Tensors

/// The radial posterior (Farquhar, Osborne and Gal 2020, eq. 3): for the weights of each region, usually a layer,
///
///     w = mean + scale * (noise / |noise|) * |r|,      noise ~ N(0, I), r ~ N(0, 1)
///
/// so that samples lie at a distance of about one scale from the mean, where those of a Gaussian of d dimensions lie at
/// sqrt(d). The likelihood's parameters after the weights are point estimates.
///
/// The density follows from the change of variables u = (w - mean) / scale, whose Jacobian is the product of all scales, and
/// from u to its length and direction: with d weights in the region,
///
///     log q(w) = log 2 + log N(|u|; 0, 1) - log S(d) - (d - 1) log |u| - sum log scale
///
/// where S(d) = 2 pi^(d/2) / Gamma(d/2) is the area of the unit sphere. In one dimension this is the Gaussian.
public struct RadialPosterior<Scalar: DensityScalar>: DensityPosterior {
  /// Means and rhos; a scale is softplus(rho).
  public let weights: DiagonalGaussian<Scalar>
  /// The regions: they follow one another and cover all weights.
  public let regions: [Range<Int>]
  /// The likelihood's parameters.
  public let tail: Vector<Scalar>
  /// The scales of the weights.
  public let scale: Vector<Scalar>
  private let sumOfLogScales: Double

  public init(
    _ weights: DiagonalGaussian<Scalar>, regions: [Range<Int>], tail: Vector<Scalar> = Vector(count: 0)
  ) {
    self.init(weights, scale: weights.scale, regions: regions, tail: tail)
  }

  /// With given scales, which the samples have to the last bit; the rhos follow from them.
  public init(
    mean: Vector<Scalar>, scale: Vector<Scalar>, regions: [Range<Int>], tail: Vector<Scalar> = Vector(count: 0)
  ) {
    self.init(DiagonalGaussian(mean: mean, scale: scale), scale: scale, regions: regions, tail: tail)
  }

  private init(
    _ weights: DiagonalGaussian<Scalar>, scale: Vector<Scalar>, regions: [Range<Int>], tail: Vector<Scalar>
  ) {
    var end = 0
    for region in regions {
      precondition(region.lowerBound == end && !region.isEmpty, "the regions \(regions) do not follow one another")
      end = region.upperBound
    }
    precondition(end == weights.count, "the regions end at \(end), the weights at \(weights.count)")
    self.weights = weights
    self.regions = regions
    self.tail = tail
    self.scale = scale
    sumOfLogScales = withExtendedLifetime(scale) {
      Scalar.sumOfLogs(scale.unsafePointer, count: scale.count)
    }
  }

  public var count: Int { weights.count + tail.count }
  public var distinctSamples: Int? { nil }

  public func sample(_ index: Int, key: RandomKey, into target: UnsafeMutablePointer<Scalar>) {
    _ = sampleWithLogDensity(index, key: key, into: target)
  }

  public func sampleWithLogDensity(
    _ index: Int, key: RandomKey, into target: UnsafeMutablePointer<Scalar>
  ) -> Double {
    let key = key.folded(index)
    Scalar.fillNormal(key, offset: 0, into: target, count: weights.count)
    var logDensity = -sumOfLogScales
    for (number, region) in regions.enumerated() {
      let radius = self.radius(key.folded(number))
      let noise = target + region.lowerBound
      let length = Scalar.sumOfSquares(noise, count: region.count).squareRoot()
      Scalar.scale(noise, by: Scalar(radius / max(length, .leastNormalMagnitude)), count: region.count)
      logDensity += Self.logRadialDensity(radius, dimensions: region.count)
    }
    withExtendedLifetime(self) {
      Scalar.reparameterize(
        mean: weights.mean.unsafePointer, scale: scale.unsafePointer, noise: target, into: target,
        count: weights.count)
      Scalar.copy(tail.unsafePointer, into: target + weights.count, count: tail.count)
    }
    return logDensity
  }

  /// |r|, never 0.
  private func radius(_ key: RandomKey) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { memory in
      let base = memory.baseAddress.unsafelyUnwrapped
      Double.fillNormal(key, offset: 0, into: base, count: 1)
      return max(base[0].magnitude, 1e-300)
    }
  }

  /// The log density of u = (w - mean) / scale at a distance from 0.
  static func logRadialDensity(_ radius: Double, dimensions: Int) -> Double {
    let d = Double(dimensions)
    let logArea = log(2) + 0.5 * d * log(Double.pi) - lgamma(0.5 * d)
    return log(2) + Gaussian().logDensity(radius) - logArea - (d - 1) * log(radius)
  }
}
