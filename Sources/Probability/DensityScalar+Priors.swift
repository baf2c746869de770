import Tensors

extension DensityScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func gaussianLogDensity(
    _ x: UnsafePointer<Self>, count: Int, mean: Double, scale: Double, gradient: UnsafeMutablePointer<Self>?,
    weight: Double
  ) -> Double {
    let precision = 1 / (scale * scale)
    if let gradient {
      let (p, m) = (Self(weight * precision), Self(mean))
      for i in 0..<count { gradient[i] = gradient[i].addingProduct(p, m - x[i]) }
    }
    return -Double(count) * (logRootTwoPi + logarithm(scale))
      - 0.5 * precision * sumOfSquares(x, around: mean, count: count)
  }

  /// The sum of (x - center)^2.
  static func sumOfSquares(_ x: UnsafePointer<Self>, around center: Double, count: Int) -> Double {
    center == 0 ? sumOfSquares(x, count: count) : sumOfSquaredDistances(x, from: Self(center), count: count)
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func sumOfSquaredDistances(_ x: UnsafePointer<Self>, from center: Self, count: Int) -> Double {
    blockSum(count: count) { start, n, scratch in
      for i in 0..<n {
        let distance = x[start + i] - center
        scratch[i] = distance * distance
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func laplaceLogDensity(
    _ x: UnsafePointer<Self>, count: Int, scale: Double, gradient: UnsafeMutablePointer<Self>?, weight: Double
  ) -> Double {
    if let gradient {
      let slope = Self(weight / scale)
      for i in 0..<count {
        let v = x[i]
        gradient[i] -= v > 0 ? slope : (v < 0 ? -slope : 0)
      }
    }
    let magnitudes = blockSum(count: count) { start, n, scratch in
      for i in 0..<n { scratch[i] = x[start + i].magnitude }
    }
    return -Double(count) * logarithm(2 * scale) - magnitudes / scale
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func scaleMixtureLogDensity(
    _ x: UnsafePointer<Self>, count: Int, mixture: GaussianScaleMixture, gradient: UnsafeMutablePointer<Self>?,
    weight: Double
  ) -> Double {
    let p1 = Self(1 / (mixture.wide * mixture.wide))
    let p2 = Self(1 / (mixture.narrow * mixture.narrow))
    let c1 = Self(mixture.logWideFactor)
    let c2 = Self(mixture.logNarrowFactor)
    let w = Self(weight)
    // log(exp(a) + exp(b)) is the larger of the two and log(1 + e), where the larger component's share is 1 / (1 + e).
    let sums = blockSums(count: count) { start, n, larger, factors in
      let x = x + start
      if let gradient {
        let gradient = gradient + start
        for i in 0..<n {
          let v = x[i]
          let half = (-0.5 as Self) * (v * v)
          let a = c1.addingProduct(half, p1)
          let b = c2.addingProduct(half, p2)
          let e = boundedExp((a - b).magnitude)
          larger[i] = a > b ? a : b
          factors[i] = 1 + e
          let (major, minor) = a > b ? (p1, p2) : (p2, p1)
          gradient[i] -= w * v * (major + minor * e) / (1 + e)
        }
      } else {
        for i in 0..<n {
          let half = (-0.5 as Self) * (x[i] * x[i])
          let a = c1.addingProduct(half, p1)
          let b = c2.addingProduct(half, p2)
          larger[i] = a > b ? a : b
          factors[i] = 1 + boundedExp((a - b).magnitude)
        }
      }
    }
    return sums.terms + sums.logs - Double(count) * logRootTwoPi
  }
}
