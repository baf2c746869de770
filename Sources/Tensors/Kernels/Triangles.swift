extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func mirrorLowerTriangle(_ c: UnsafeMutablePointer<Self>, n: Int) {
    // Tile by tile, so that the columns of the upper triangle stay in the cache while they are written.
    let tile = 16
    for rowStart in stride(from: 0, to: n, by: tile) {
      for columnStart in stride(from: 0, through: rowStart, by: tile) {
        for row in rowStart..<min(rowStart + tile, n) {
          for column in columnStart..<min(columnStart + tile, row) { c[column * n + row] = c[row * n + column] }
        }
      }
    }
  }
}
