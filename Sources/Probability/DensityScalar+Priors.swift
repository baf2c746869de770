import Tensors

extension DensityScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func gaussianLogDensity(
    _ x: UnsafePointer<Self>, count: Int, scale: Double, gradient: UnsafeMutablePointer<Self>?, weight: Double
  ) -> Double {
    let precision = 1 / (scale * scale)
    if let gradient {
      axpy(Self(-weight * precision), x, gradient, count: count)
    }
    return -Double(count) * (logRootTwoPi + logarithm(scale)) - 0.5 * precision * sumOfSquares(x, count: count)
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
    let sum = blockSum(count: count) { start, n, scratch in
      let x = x + start
      if let gradient {
        let gradient = gradient + start
        for i in 0..<n {
          let v = x[i]
          let half = (-0.5 as Self) * (v * v)
          let a = c1.addingProduct(half, p1)
          let b = c2.addingProduct(half, p2)
          let e = boundedExp((a - b).magnitude)
          // The larger component's share is 1 / (1 + e).
          let share = 1 / (1 + e)
          scratch[i] = (a > b ? a : b) + log(1 + e)
          let (major, minor) = a > b ? (p1, p2) : (p2, p1)
          gradient[i] -= w * v * (major + minor * e) * share
        }
      } else {
        for i in 0..<n {
          let half = (-0.5 as Self) * (x[i] * x[i])
          let a = c1.addingProduct(half, p1)
          let b = c2.addingProduct(half, p2)
          scratch[i] = (a > b ? a : b) + log(1 + boundedExp((a - b).magnitude))
        }
      }
    }
    return sum - Double(count) * logRootTwoPi
  }
}
