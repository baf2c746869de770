import Tensors

extension TensorScalar {
  /// z = x + a y
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func sum(
    _ x: UnsafePointer<Self>, _ a: Self, _ y: UnsafePointer<Self>, into z: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { z[i] = x[i].addingProduct(a, y[i]) }
  }

  /// y = x + a y
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func add(
    _ x: UnsafePointer<Self>, toProductOf a: Self, and y: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { y[i] = x[i].addingProduct(a, y[i]) }
  }

  /// v <- momentum v - (1 - momentum) g; x <- x + rate v
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func averagedMomentumStep(
    _ x: UnsafeMutablePointer<Self>, velocity: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    momentum: Self, rate: Self, count: Int
  ) {
    let rest = 1 - momentum
    for i in 0..<count {
      let v = momentum * velocity[i] - rest * gradient[i]
      velocity[i] = v
      x[i] += rate * v
    }
  }

  /// y = min(max(y, lower), upper)
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func clamp(
    _ y: UnsafeMutablePointer<Self>, lower: UnsafePointer<Self>, upper: UnsafePointer<Self>, count: Int
  ) {
    for i in 0..<count {
      let x = y[i] < lower[i] ? lower[i] : y[i]
      y[i] = x > upper[i] ? upper[i] : x
    }
  }

  /// x <- x a / (sqrt(y) + b)
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scale(
    _ x: UnsafeMutablePointer<Self>, by a: Self, overRootOf y: UnsafePointer<Self>, plus b: Self, count: Int
  ) {
    for i in 0..<count { x[i] *= a / (y[i].squareRoot() + b) }
  }
}
