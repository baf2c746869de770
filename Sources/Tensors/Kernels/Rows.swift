extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func addRow(
    _ bias: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      let target = y + row * columns
      for j in 0..<columns { target[j] += bias[j] }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func setRows(
    _ bias: UnsafePointer<Self>, of y: UnsafeMutablePointer<Self>, rows: Int, columns: Int
  ) {
    for row in 0..<rows { copy(bias, into: y + row * columns, count: columns) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func columnSums(
    _ x: UnsafePointer<Self>, rows: Int, columns: Int, into out: UnsafeMutablePointer<Self>
  ) {
    for j in 0..<columns { out[j] = 0 }
    for row in 0..<rows {
      let source = x + row * columns
      for j in 0..<columns { out[j] += source[j] }
    }
  }
}
