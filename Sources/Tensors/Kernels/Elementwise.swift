extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func widen(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Double>, count: Int) {
    for i in 0..<count { y[i] = Double(x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func fill(_ y: UnsafeMutablePointer<Self>, with value: Self, count: Int) {
    for i in 0..<count { y[i] = value }
  }

  public static func copy(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    UnsafeMutableRawPointer(y).copyMemory(from: x, byteCount: count * MemoryLayout<Self>.stride)
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func exp(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = exp(x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func log(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = log(x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func softplus(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = softplus(x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func sigmoid(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = 1 / (1 + exp(-x[i])) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func tanh(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = tanh(x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func relu(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = x[i] > 0 ? x[i] : 0 }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func square(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = x[i] * x[i] }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func gelu(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = x[i] * standardNormalDistribution(x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func softplusGradient(
    output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int
  ) {
    // sigmoid(x) = 1 - exp(-softplus(x))
    for i in 0..<count { gradient[i] *= -expm1(-y[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func sigmoidGradient(
    output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { gradient[i] *= y[i] * (1 - y[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func tanhGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { gradient[i] *= 1 - y[i] * y[i] }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func reluGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { gradient[i] = y[i] > 0 ? gradient[i] : 0 }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func geluGradient(
    input x: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count {
      // Beyond 9 the density is below what counts; without the bound, the exponential is a slow subnormal number.
      let near: Self = x[i].magnitude < 9 ? x[i] : 9
      let density = Self(0.398_942_280_401_432_7) * exp(-0.5 * (near * near))
      gradient[i] *= standardNormalDistribution(x[i]).addingProduct(near, density)
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func scale(_ y: UnsafeMutablePointer<Self>, by a: Self, count: Int) {
    for i in 0..<count { y[i] *= a }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func axpy(_ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = y[i].addingProduct(a, x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func multiplyAdd(
    _ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ z: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { z[i] = z[i].addingProduct(a * x[i], y[i]) }
  }
}

extension TensorScalar {
  /// Phi(x) = (1 + erf(x / sqrt 2)) / 2
  @inlinable @inline(__always)
  public static func standardNormalDistribution(_ x: Self) -> Self {
    Self(0.5).addingProduct(0.5, erf(x * Self(0.707_106_781_186_547_5)))
  }

  /// max(x, 0) + log1p(exp(-|x|))
  @inlinable @inline(__always)
  public static func softplus(_ x: Self) -> Self { (x > 0 ? x : 0) + log1p(exp(-x.magnitude)) }

  /// The x with softplus(x) = y, for y > 0.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func inverseSoftplus(_ y: Self) -> Self { y + log(-expm1(-y)) }
}
