// The kernels with roots are never inlined: where the compiler moves such a body into the protocol witness, it leaves the
// root as a call, and the loop does not vectorise.

extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func reparameterize(
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, noise: UnsafePointer<Self>,
    into w: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { w[i] = mean[i].addingProduct(scale[i], noise[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func reparameterizeGradient(
    _ g: UnsafePointer<Self>, noise: UnsafePointer<Self>, mean meanGradient: UnsafeMutablePointer<Self>,
    scale scaleGradient: UnsafeMutablePointer<Self>, overwrite: Bool, count: Int
  ) {
    if overwrite {
      for i in 0..<count {
        meanGradient[i] = g[i]
        scaleGradient[i] = g[i] * noise[i]
      }
    } else {
      for i in 0..<count {
        meanGradient[i] += g[i]
        scaleGradient[i] = scaleGradient[i].addingProduct(g[i], noise[i])
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func reparameterizeGradient(
    _ g: UnsafePointer<Self>, sample w: UnsafePointer<Self>, mean: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    mean meanGradient: UnsafeMutablePointer<Self>, scale scaleGradient: UnsafeMutablePointer<Self>, overwrite: Bool,
    count: Int
  ) {
    let least = Self.leastNormalMagnitude
    if overwrite {
      for i in 0..<count {
        let noise = (w[i] - mean[i]) / (scale[i] > least ? scale[i] : least)
        meanGradient[i] = g[i]
        scaleGradient[i] = g[i] * noise
      }
    } else {
      for i in 0..<count {
        let noise = (w[i] - mean[i]) / (scale[i] > least ? scale[i] : least)
        meanGradient[i] += g[i]
        scaleGradient[i] = scaleGradient[i].addingProduct(g[i], noise)
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func reparameterize(
    mean: UnsafePointer<Self>, variance: UnsafePointer<Self>, floor: Self, noise: UnsafePointer<Self>,
    into a: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { a[i] = mean[i].addingProduct(sqrt(variance[i] + floor), noise[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func reparameterizeVarianceGradient(
    _ g: UnsafePointer<Self>, variance: UnsafePointer<Self>, floor: Self, noise: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { out[i] = g[i] * noise[i] * (0.5 / sqrt(variance[i] + floor)) }
  }
}
