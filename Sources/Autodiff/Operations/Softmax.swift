import Tensors

/// exp(x) / sum of exp(x) for every row, or its logarithm.
struct Softmax<Scalar: TensorScalar>: Operation {
  let shape: Shape
  let isLogarithmic: Bool

  var shapes: [Shape] { [shape] }
  func overwritable(_ result: Int) -> Int? { 0 }

  func run(_ frame: Frame<Scalar>) {
    Scalar.softmax(
      frame.input(0), into: frame.result(0), rows: shape.rows, columns: shape.columns, isLogarithmic: isLogarithmic)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0]?.reshaped(shape) else { return [nil] }
    if isLogarithmic {
      let probabilities = call.results[0].exp()
      return [c - probabilities * c.sumOfColumns().broadcastToColumns(of: shape)]
    }
    let y = call.results[0]
    return [y * (c - (c * y).sumOfColumns().broadcastToColumns(of: shape))]
  }
}

/// Rows with a 1 at the place of each index and zeros elsewhere.
struct OneHot<Scalar: TensorScalar>: Operation {
  let rows: Int
  let columns: Int

  var shapes: [Shape] { [[rows, columns]] }

  func run(_ frame: Frame<Scalar>) {
    let (indices, y) = (frame.indices(0), frame.result(0))
    Scalar.fill(y, with: 0, count: rows * columns)
    for row in 0..<rows { y[row * columns + Int(indices[row])] = 1 }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [nil] }
}

extension Variable {
  /// The probabilities of every row.
  public func softmax() -> Variable { Softmax(shape: shape, isLogarithmic: false)(self) }

  public func logSoftmax() -> Variable { Softmax(shape: shape, isLogarithmic: true)(self) }

  /// An input of 32-bit indices; it is bound like the others, and only operations that take indices can use it.
  public static func indices(_ count: Int, name: String = "indices") -> Variable { .input([count], name: name) }

  /// Indices as rows with one 1 each.
  public func oneHot(columns: Int) -> Variable { OneHot(rows: shape.count, columns: columns)(self) }
}

extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func softmax(
    _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, rows: Int, columns: Int, isLogarithmic: Bool
  ) {
    for row in 0..<rows {
      let (x, y) = (x + row * columns, y + row * columns)
      var largest = x[0]
      for j in 1..<max(1, columns) { largest = x[j] > largest ? x[j] : largest }
      var total: Self = 0
      if isLogarithmic {
        for j in 0..<columns { total += exp(x[j] - largest) }
        let shift = largest + log(total)
        for j in 0..<columns { y[j] = x[j] - shift }
      } else {
        for j in 0..<columns {
          let e = exp(x[j] - largest)
          y[j] = e
          total += e
        }
        let factor = 1 / total
        for j in 0..<columns { y[j] *= factor }
      }
    }
  }
}
