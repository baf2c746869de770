/// The LU factorisation, with row exchanges, of a small square matrix: the middle matrices of limited-memory BFGS, which
/// are symmetric but not definite.
struct LinearSystem {
  let size: Int
  private var factors: [Double]
  private var order: [Int]

  /// - Parameter matrix: Row after row. Nil where it is singular.
  init?(_ matrix: [Double], size: Int) {
    self.size = size
    factors = matrix
    order = Array(0..<size)
    for column in 0..<size {
      var pivot = column
      for row in column..<size where abs(factors[row * size + column]) > abs(factors[pivot * size + column]) {
        pivot = row
      }
      let largest = factors[pivot * size + column]
      guard largest != 0, largest.isFinite else { return nil }
      if pivot != column {
        for k in 0..<size { factors.swapAt(pivot * size + k, column * size + k) }
        order.swapAt(pivot, column)
      }
      for row in (column + 1)..<max(size, column + 1) {
        let ratio = factors[row * size + column] / largest
        factors[row * size + column] = ratio
        for k in (column + 1)..<max(size, column + 1) {
          factors[row * size + k] -= ratio * factors[column * size + k]
        }
      }
    }
  }

  func solve(_ right: [Double]) -> [Double] {
    var x = order.map { right[$0] }
    for row in 0..<size {
      for k in 0..<row { x[row] -= factors[row * size + k] * x[k] }
    }
    for row in (0..<size).reversed() {
      for k in (row + 1)..<max(size, row + 1) { x[row] -= factors[row * size + k] * x[k] }
      x[row] /= factors[row * size + row]
    }
    return x
  }
}
