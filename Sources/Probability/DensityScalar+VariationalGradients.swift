import Tensors

// One loop over all buffers: a pass for each of them waits for memory again and again, where the buffers of a step do not
// fit the caches.

extension DensityScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func sampledGaussianGradient(
    _ g: UnsafePointer<Self>, sample w: UnsafePointer<Self>, mean: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    prior: (mean: Self, precision: Self), entropy: Self, mean toMean: UnsafeMutablePointer<Self>,
    rho toRho: UnsafeMutablePointer<Self>, count: Int
  ) {
    let least = Self.leastNormalMagnitude
    let (center, precision) = prior
    for i in 0..<count {
      let s = scale[i]
      let d = g[i].addingProduct(precision, w[i] - center)
      let toScale = (-entropy).addingProduct(d, w[i] - mean[i]) / (s > least ? s : least)
      toMean[i] = d
      toRho[i] = toScale * -expm1(-s)
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func sampledGaussianGradient(
    _ g: (UnsafePointer<Self>, UnsafePointer<Self>), samples w: (UnsafePointer<Self>, UnsafePointer<Self>),
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, prior: (mean: Self, precision: Self), entropy: Self,
    mean toMean: UnsafeMutablePointer<Self>, rho toRho: UnsafeMutablePointer<Self>, count: Int
  ) {
    let least = Self.leastNormalMagnitude
    let (center, precision) = prior
    let (g0, g1, w0, w1) = (g.0, g.1, w.0, w.1)
    for i in 0..<count {
      let (s, m) = (scale[i], mean[i])
      let (a, b) = (w0[i], w1[i])
      let d0 = g0[i].addingProduct(precision, a - center)
      let d1 = g1[i].addingProduct(precision, b - center)
      let toScale = (-entropy).addingProduct(d0, a - m).addingProduct(d1, b - m) / (s > least ? s : least)
      toMean[i] = d0 + d1
      toRho[i] = toScale * -expm1(-s)
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func gaussianDivergenceGradient(
    _ g: UnsafePointer<Self>, isOfVariance: Bool, mean: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    prior: (mean: Self, precision: Self), weight: Self, mean toMean: UnsafeMutablePointer<Self>, overwrite: Bool,
    rho toRho: UnsafeMutablePointer<Self>, count: Int
  ) {
    let (center, precision) = (prior.mean, weight * prior.precision)
    let (constant, slope): (Self, Self) = isOfVariance ? (0, 2) : (1, 0)
    if overwrite {
      for i in 0..<count {
        let s = scale[i]
        let toScale = g[i] * constant.addingProduct(slope, s) + (precision * s - weight / s)
        toMean[i] = precision * (mean[i] - center)
        toRho[i] = toScale * -expm1(-s)
      }
    } else {
      for i in 0..<count {
        let s = scale[i]
        let toScale = g[i] * constant.addingProduct(slope, s) + (precision * s - weight / s)
        toMean[i] = toMean[i].addingProduct(precision, mean[i] - center)
        toRho[i] = toScale * -expm1(-s)
      }
    }
  }
}
