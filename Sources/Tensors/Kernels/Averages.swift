extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func runningMean(
    _ x: UnsafePointer<Self>, mean: UnsafeMutablePointer<Self>, weight: Self, count: Int
  ) {
    for i in 0..<count { mean[i] += weight * (x[i] - mean[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func runningMoments(
    _ x: UnsafePointer<Self>, mean: UnsafeMutablePointer<Self>, variance: UnsafeMutablePointer<Self>, weight: Self,
    count: Int
  ) {
    let rest = 1 - weight
    for i in 0..<count {
      let d = x[i] - mean[i]
      mean[i] += weight * d
      variance[i] = rest * (variance[i] + weight * (d * d))
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func subtract(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { y[i] = a[i] - b[i] }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func divide(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { y[i] = a[i] / b[i] }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func sqrt(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = sqrt(x[i]) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func inverseSoftplus(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = x[i] + log(-expm1(-x[i])) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Double {
    blockSum(count: count) { start, n, scratch in
      for i in 0..<n { scratch[i] = a[start + i] * b[start + i] }
    }
  }
}
