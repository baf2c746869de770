import Tensors

// Loops over hyperparameters, of which there may be as many as weights: generic code without these would go through the
// type's witnesses for every number.

extension TensorScalar {
  /// y = a y - b
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scale(_ y: UnsafeMutablePointer<Self>, by a: Self, subtracting b: Self, count: Int) {
    for i in 0..<count { y[i] = a * y[i] - b }
  }

  /// y is kept between two numbers.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func clamp(_ y: UnsafeMutablePointer<Self>, _ low: Self, _ high: Self, count: Int) {
    for i in 0..<count { y[i] = y[i] < low ? low : (y[i] > high ? high : y[i]) }
  }

  /// y is kept between two arrays.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func clamp(
    _ y: UnsafeMutablePointer<Self>, _ low: UnsafePointer<Double>, _ high: UnsafePointer<Double>, count: Int
  ) {
    for i in 0..<count {
      let (a, b) = (Self(low[i]), Self(high[i]))
      y[i] = y[i] < a ? a : (y[i] > b ? b : y[i])
    }
  }

  /// y = a + b y
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scale(
    _ y: UnsafeMutablePointer<Self>, by b: UnsafePointer<Double>, adding a: UnsafePointer<Double>, count: Int
  ) {
    for i in 0..<count { y[i] = Self(a[i]) + Self(b[i]) * y[i] }
  }
}
