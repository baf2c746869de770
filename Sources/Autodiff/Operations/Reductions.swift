import Tensors

/// The sum of all numbers.
struct SumAll<Scalar: TensorScalar>: Operation {
  let input: Shape
  let shape: Shape

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) { frame.result(0)[0] = Scalar(Scalar.sum(frame.input(0), count: input.count)) }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [cotangents[0].map { .filled($0, shape: input) }]
  }
}

/// The inner product of two arrays.
struct Dot<Scalar: TensorScalar>: Operation {
  let count: Int
  let shape: Shape

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    frame.result(0)[0] = Scalar(Scalar.dot(frame.input(0), frame.input(1), count: count))
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    return [c * call.inputs[1], c * call.inputs[0]]
  }
}

/// One number, everywhere.
struct Fill<Scalar: TensorScalar>: Operation {
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func run(_ frame: Frame<Scalar>) { Scalar.fill(frame.result(0), with: frame.input(0)[0], count: shape.count) }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [cotangents[0].map { $0.sum(shape: call.inputs[0].shape) }]
  }
}

/// Sums over the rows of a matrix, or over its columns.
struct AxisSum<Scalar: TensorScalar>: Operation {
  let rows: Int
  let columns: Int
  let isOverRows: Bool

  var shapes: [Shape] { [isOverRows ? [columns] : [rows]] }

  func run(_ frame: Frame<Scalar>) {
    if isOverRows {
      Scalar.columnSums(frame.input(0), rows: rows, columns: columns, into: frame.result(0))
    } else {
      for row in 0..<rows {
        frame.result(0)[row] = Scalar(Scalar.sum(frame.input(0) + row * columns, count: columns))
      }
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [
      cotangents[0].map {
        AxisBroadcast(rows: rows, columns: columns, isOverRows: isOverRows, shape: call.inputs[0].shape)($0)
      }
    ]
  }
}

/// A vector as every row of a matrix, or as every column.
struct AxisBroadcast<Scalar: TensorScalar>: Operation {
  let rows: Int
  let columns: Int
  let isOverRows: Bool
  let shape: Shape

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    let (x, y) = (frame.input(0), frame.result(0))
    if isOverRows {
      Scalar.setRows(x, of: y, rows: rows, columns: columns)
    } else {
      for row in 0..<rows { Scalar.fill(y + row * columns, with: x[row], count: columns) }
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [cotangents[0].map { AxisSum(rows: rows, columns: columns, isOverRows: isOverRows)($0) }]
  }
}

extension Variable {
  /// The sum of all numbers: a scalar.
  public func sum() -> Variable { sum(shape: .scalar) }

  func sum(shape: Shape) -> Variable {
    self.shape.count == 1 ? reshaped(shape) : SumAll(input: self.shape, shape: shape)(self)
  }

  /// The sum of all products: a scalar.
  public func dot(_ other: Variable) -> Variable { dot(other, shape: .scalar) }

  func dot(_ other: Variable, shape: Shape) -> Variable {
    precondition(
      self.shape.count == other.shape.count, "the shapes \(self.shape) and \(other.shape) have no inner product")
    return Dot(count: self.shape.count, shape: shape)(self, other)
  }

  /// A scalar as every number of an array.
  public static func filled(_ value: Variable, shape: Shape) -> Variable {
    precondition(value.shape.count == 1, "an array is filled with a scalar, not with the shape \(value.shape)")
    return shape.count == 1 ? value.reshaped(shape) : Fill(shape: shape)(value)
  }

  public static func zeros(_ shape: Shape) -> Variable { .filled(.constant(0), shape: shape) }

  /// The sum of a matrix's rows: one number a column.
  public func sumOfRows() -> Variable { AxisSum(rows: shape.rows, columns: shape.columns, isOverRows: true)(self) }

  /// The sum of a matrix's columns: one number a row.
  public func sumOfColumns() -> Variable { AxisSum(rows: shape.rows, columns: shape.columns, isOverRows: false)(self) }

  /// A vector as every row of a matrix of the given shape.
  public func broadcastToRows(of shape: Shape) -> Variable {
    precondition(self.shape.count == shape.columns, "\(self.shape) is no row of \(shape)")
    return AxisBroadcast(rows: shape.rows, columns: shape.columns, isOverRows: true, shape: shape)(self)
  }

  /// A vector as every column of a matrix of the given shape.
  public func broadcastToColumns(of shape: Shape) -> Variable {
    precondition(self.shape.count == shape.rows, "\(self.shape) is no column of \(shape)")
    return AxisBroadcast(rows: shape.rows, columns: shape.columns, isOverRows: false, shape: shape)(self)
  }
}
