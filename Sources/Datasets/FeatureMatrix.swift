/// The inputs of a data set: a row for each example, a column for each feature. Never changes after it is made, so that
/// threads can share it; copies share their storage.
///
/// Images are kept as the bytes they were read from, an eighth of the size.
public struct FeatureMatrix: Sendable {
  private enum Storage: Sendable {
    case values([Double])
    /// The element is `Double(byte) / divisor`.
    case bytes([UInt8], divisor: Double)
  }

  public let rows: Int
  public let columns: Int
  private let storage: Storage

  /// - Parameter values: row-major, rows x columns.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "\(values.count) values do not make \(rows) x \(columns)")
    self.rows = rows
    self.columns = columns
    storage = .values(values)
  }

  /// Elements `byte / divisor`.
  ///
  /// - Parameter bytes: row-major, rows x columns.
  public init(rows: Int, columns: Int, bytes: [UInt8], divisor: Double) {
    precondition(bytes.count == rows * columns, "\(bytes.count) bytes do not make \(rows) x \(columns)")
    self.rows = rows
    self.columns = columns
    storage = .bytes(bytes, divisor: divisor)
  }

  public subscript(row: Int, column: Int) -> Double {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns, "(\(row), \(column)) is outside \(rows) x \(columns)")
    switch storage {
    case .values(let values): return values[row * columns + column]
    case .bytes(let bytes, let divisor): return Double(bytes[row * columns + column]) / divisor
    }
  }

  /// The chosen rows, in the order given, each element `(x - mean[column]) / scale[column]`, computed in Double and
  /// rounded to Float at the end. Row-major.
  ///
  /// - Precondition: `transform` has as many columns as the matrix.
  public func floats(rows chosen: [Int], transform: Standardization? = nil) -> [Float] {
    gather(chosen, transform) { Float($0) }
  }

  /// As `floats(rows:transform:)`, in Double.
  public func doubles(rows chosen: [Int], transform: Standardization? = nil) -> [Double] {
    gather(chosen, transform) { $0 }
  }

  /// The rows of both, one below the other. Byte matrices with the same divisor stay bytes.
  public func stacked(over other: FeatureMatrix) -> FeatureMatrix {
    precondition(columns == other.columns, "cannot stack \(columns) columns over \(other.columns)")
    switch (storage, other.storage) {
    case (.bytes(let a, let divisor), .bytes(let b, let otherDivisor)) where divisor == otherDivisor:
      return FeatureMatrix(rows: rows + other.rows, columns: columns, bytes: a + b, divisor: divisor)
    default:
      return FeatureMatrix(
        rows: rows + other.rows, columns: columns,
        values: doubles(rows: Array(0..<rows)) + other.doubles(rows: Array(0..<other.rows)))
    }
  }

  /// The first `count` rows; the whole matrix when it has no more.
  public func prefix(_ count: Int) -> FeatureMatrix {
    guard count < rows else { return self }
    switch storage {
    case .values(let values):
      return FeatureMatrix(rows: count, columns: columns, values: Array(values[..<(count * columns)]))
    case .bytes(let bytes, let divisor):
      return FeatureMatrix(
        rows: count, columns: columns, bytes: Array(bytes[..<(count * columns)]), divisor: divisor)
    }
  }

  private func gather<Element>(
    _ chosen: [Int], _ transform: Standardization?, _ convert: (Double) -> Element
  ) -> [Element] {
    for row in chosen { precondition(row >= 0 && row < rows, "row \(row) is outside 0..<\(rows)") }
    if let transform {
      precondition(transform.count == columns, "a transform of \(transform.count) columns for \(columns) columns")
    }
    let means = transform?.means ?? [Double](repeating: 0, count: columns)
    let scales = transform?.scales ?? [Double](repeating: 1, count: columns)
    return [Element](unsafeUninitializedCapacity: chosen.count * columns) { buffer, count in
      count = chosen.count * columns
      // `initializeElement` and not assignment: the memory holds nothing yet.
      switch storage {
      case .values(let values):
        values.withUnsafeBufferPointer { source in
          for (position, row) in chosen.enumerated() {
            for column in 0..<columns {
              let value = (source[row * columns + column] - means[column]) / scales[column]
              buffer.initializeElement(at: position * columns + column, to: convert(value))
            }
          }
        }
      case .bytes(let bytes, let divisor):
        bytes.withUnsafeBufferPointer { source in
          for (position, row) in chosen.enumerated() {
            for column in 0..<columns {
              let value = (Double(source[row * columns + column]) / divisor - means[column]) / scales[column]
              buffer.initializeElement(at: position * columns + column, to: convert(value))
            }
          }
        }
      }
    }
  }
}
