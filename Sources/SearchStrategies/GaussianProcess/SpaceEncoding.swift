package import GaussianProcesses
package import StudyModel
import Tensors

/// The points of a space as rows of numbers, one for each dimension that has more than one value.
///
/// Ranges are positions in [0, 1], on their own scale. Whole numbers, and listed numbers in ascending order, are the middles
/// of equal cells, so that rounding favours none. Other listed values are categories. What does not exist at a point is NaN.
package struct SpaceEncoding: Sendable {
  private enum Code: Sendable {
    case constant(JSONValue)
    case continuous
    /// Whole numbers whose cells are not equal, or are too many to tell apart.
    case rounded
    /// The k-th cell has the value number `order[k]` of the domain; an empty order is the domain's own.
    case cells(Int, order: [Int])
    case category(Int)
  }

  private struct Parent: Sendable {
    var dimension: Int
    var values: [JSONValue]
  }

  package let space: SearchSpace
  package let features: [InputFeature]
  /// Features that decide which others exist.
  package let isStructural: [Bool]
  private let codes: [Code]
  /// The column of a dimension; nil for one that has a single value.
  private let columns: [Int?]
  private let parents: [Parent?]
  private static let mostCells = 1000

  package init(_ space: SearchSpace) {
    self.space = space
    codes = space.dimensions.map { Self.code($0.domain) }
    var features: [InputFeature] = []
    var columns: [Int?] = []
    for (dimension, code) in zip(space.dimensions, codes) {
      guard let feature = Self.feature(code) else {
        columns.append(nil)
        continue
      }
      columns.append(features.count)
      features.append(dimension.condition == nil ? feature : feature.conditional)
    }
    let parents: [Parent?] = space.dimensions.map { dimension in
      guard let condition = dimension.condition,
        let index = space.dimensions.firstIndex(where: { $0.name == condition.name })
      else { return nil }
      return Parent(dimension: index, values: condition.values.map(\.canonical))
    }
    let deciding = Set(parents.compactMap { $0.flatMap { columns[$0.dimension] } })
    (self.features, self.columns, self.parents) = (features, columns, parents)
    isStructural = features.indices.map { deciding.contains($0) }
  }

  private static func code(_ domain: Domain) -> Code {
    switch domain {
    case .float(let range, _, _):
      return range.lowerBound < range.upperBound ? .continuous : .constant(.number(range.lowerBound))
    case .integer(let range, let isLog, _):
      let count = domain.count ?? .max
      if count == 1 { return .constant(.integer(range.lowerBound)) }
      return isLog || count > mostCells ? .rounded : .cells(count, order: [])
    case .values(let values):
      if values.count == 1 { return .constant(values[0]) }
      let numbers = values.compactMap(\.double)
      guard numbers.count == values.count else { return .category(values.count) }
      return .cells(values.count, order: values.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) })
    }
  }

  private static func feature(_ code: Code) -> InputFeature? {
    switch code {
    case .constant: nil
    case .continuous, .rounded: .number
    case .cells(let count, _): .cells(count)
    case .category(let count): .category(count)
    }
  }

  /// The number of coordinates of a row.
  package var width: Int { features.count }

  /// The dimension of every column.
  package var names: [String] { zip(space.dimensions, columns).compactMap { $1 == nil ? nil : $0.name } }

  // MARK: Points

  /// - Precondition: The point is one of the space.
  package func row(of point: Point) -> [Double] {
    var row = Array(repeating: Double.nan, count: width)
    for (index, dimension) in space.dimensions.enumerated() {
      guard let column = columns[index], let value = point[dimension.name] else { continue }
      row[column] = coordinate(of: value, dimension.domain, codes[index])
    }
    return row
  }

  private func coordinate(of value: JSONValue, _ domain: Domain, _ code: Code) -> Double {
    switch code {
    case .constant, .continuous, .rounded: return domain.coordinate(of: value)
    case .cells(let count, let order):
      let index = Self.cell(domain.coordinate(of: value), count)
      return (Double(order.isEmpty ? index : order.firstIndex(of: index) ?? 0) + 0.5) / Double(count)
    case .category(let count): return Double(Self.cell(domain.coordinate(of: value), count))
    }
  }

  package func point(of row: [Double]) -> Point {
    space.point { index, dimension in value(at: row, index, dimension.domain) }
  }

  private func value(at row: [Double], _ index: Int, _ domain: Domain) -> JSONValue {
    guard let column = columns[index] else {
      if case .constant(let value) = codes[index] { return value }
      return domain.value(at: 0.5)
    }
    // What exists at a point by its values exists in its row; only a row that was not repaired lacks it.
    let coordinate = row[column].isNaN ? 0.5 : row[column]
    switch codes[index] {
    case .constant(let value): return value
    case .continuous, .rounded: return domain.value(at: coordinate)
    case .cells(let count, let order):
      let cell = Self.cell(coordinate, count)
      return domain.value(at: (Double(order.isEmpty ? cell : order[cell]) + 0.5) / Double(count))
    case .category(let count):
      return domain.value(at: (min(max(coordinate.rounded(), 0), Double(count - 1)) + 0.5) / Double(count))
    }
  }

  private static func cell(_ coordinate: Double, _ count: Int) -> Int {
    min(max(Int((coordinate * Double(count)).rounded(.down)), 0), count - 1)
  }

  // MARK: Rows

  /// The row at coordinates of the unit cube, one for each dimension of the space: every cell and category has the same
  /// share of it.
  package func row(at cube: [Double]) -> [Double] {
    var row = Array(repeating: Double.nan, count: width)
    for (index, column) in columns.enumerated() {
      guard let column else { continue }
      row[column] =
        switch codes[index] {
        case .category(let count): Double(Self.cell(cube[index], count))
        default: cube[index]
        }
    }
    repair(&row)
    return row
  }

  /// The same with a coordinate for each column; what has a single value does not matter.
  func rows(atUniforms uniforms: Matrix<Double>) -> Matrix<Double> {
    matrix(
      (0..<uniforms.rows).map { line in row(at: columns.map { $0.map { uniforms[line, $0] } ?? 0.5 }) })
  }

  /// Makes a row that of a point: coordinates inside their ranges and in the middle of their cells, NaN where a dimension
  /// does not exist, the middle where one has come into being.
  package func repair(_ row: inout [Double]) {
    for index in columns.indices {
      guard let column = columns[index] else { continue }
      guard isActive(index, row) else {
        row[column] = .nan
        continue
      }
      let x = row[column].isNaN ? 0.5 : min(max(row[column], 0), 1)
      switch codes[index] {
      case .constant, .continuous: row[column] = x
      case .rounded:
        let domain = space.dimensions[index].domain
        row[column] = domain.coordinate(of: domain.value(at: x))
      case .cells(let count, _): row[column] = (Double(Self.cell(x, count)) + 0.5) / Double(count)
      case .category(let count):
        row[column] = row[column].isNaN ? 0 : min(max(row[column].rounded(), 0), Double(count - 1))
      }
    }
  }

  private func isActive(_ index: Int, _ row: [Double]) -> Bool {
    guard let parent = parents[index] else { return space.dimensions[index].condition == nil }
    guard isActive(parent.dimension, row) else { return false }
    let value = value(at: row, parent.dimension, space.dimensions[parent.dimension].domain).canonical
    return parent.values.contains(value)
  }

  func matrix(_ rows: [[Double]]) -> Matrix<Double> {
    Matrix(rows.flatMap { $0 }, rows: rows.count, columns: width)
  }
}
