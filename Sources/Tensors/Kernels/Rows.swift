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
    guard rows > 0 else { return }
    copy(bias, into: y, count: columns)
    // Rows that are there already, as many at a time as stay in the first cache: a call for each short row is slow.
    let most = max(1, 2048 / max(1, columns))
    var row = 1
    while row < rows {
      let copied = min(row, most, rows - row)
      copy(y, into: y + row * columns, count: copied * columns)
      row += copied
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func columnSums(
    _ x: UnsafePointer<Self>, rows: Int, columns: Int, into out: UnsafeMutablePointer<Self>
  ) {
    for j in 0..<columns { out[j] = 0 }
    // Short rows eight at a time, as one long row of eight sums for each column.
    let group = columns < 32 ? 8 : 1
    let whole = rows / group * group
    if group > 1 {
      withUnsafeTemporaryAllocation(of: Self.self, capacity: 256) { memory in
        let sums = memory.baseAddress.unsafelyUnwrapped
        let width = group * columns
        for j in 0..<width { sums[j] = 0 }
        for row in stride(from: 0, to: whole, by: group) {
          let source = x + row * columns
          for j in 0..<width { sums[j] += source[j] }
        }
        for part in 0..<group {
          for j in 0..<columns { out[j] += sums[part * columns + j] }
        }
      }
    }
    for row in (group > 1 ? whole : 0)..<rows {
      let source = x + row * columns
      for j in 0..<columns { out[j] += source[j] }
    }
  }
}
