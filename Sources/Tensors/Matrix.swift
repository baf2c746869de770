/// A dense, row-major matrix; a value with copy on write.
public struct Matrix<Scalar: TensorScalar>: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// Row after row.
  public private(set) var elements: Vector<Scalar>

  /// A matrix whose numbers all equal `value`.
  public init(repeating value: Scalar = 0, rows: Int, columns: Int) {
    self.init(Vector(repeating: value, count: rows * columns), rows: rows, columns: columns)
  }

  /// - Parameter elements: Row after row, `rows * columns` of them.
  public init(_ elements: [Scalar], rows: Int, columns: Int) {
    self.init(Vector(elements), rows: rows, columns: columns)
  }

  public init(_ elements: Vector<Scalar>, rows: Int, columns: Int) {
    precondition(
      elements.count == rows * columns, "a \(rows) x \(columns) matrix cannot hold \(elements.count) numbers")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// The memory, for kernels. Valid while this matrix, or a copy of it, is alive.
  public var unsafePointer: UnsafePointer<Scalar> { elements.unsafePointer }

  /// The memory, for kernels that write. See `Vector.unsafeMutablePointer()`.
  public mutating func unsafeMutablePointer() -> UnsafeMutablePointer<Scalar> { elements.unsafeMutablePointer() }

  public subscript(row: Int, column: Int) -> Scalar {
    get {
      precondition(column >= 0 && column < columns, "column \(column) is outside a \(rows) x \(columns) matrix")
      return elements[row * columns + column]
    }
    set {
      precondition(column >= 0 && column < columns, "column \(column) is outside a \(rows) x \(columns) matrix")
      elements[row * columns + column] = newValue
    }
  }

  /// The rows of the given numbers, in their order.
  public func selecting(rows indices: [Int]) -> Matrix {
    var result = Matrix(rows: indices.count, columns: columns)
    let target = result.unsafeMutablePointer()
    for (place, row) in indices.enumerated() {
      precondition(row >= 0 && row < rows, "row \(row) is outside a \(rows) x \(columns) matrix")
      Scalar.copy(unsafePointer + row * columns, into: target + place * columns, count: columns)
    }
    return result
  }
}
