extension Domain {
  /// How many values there are; nil for a continuous range.
  package var count: Int? {
    switch self {
    case .values(let values): values.count
    case .float: nil
    case .integer(let range, _, _):
      // Int.max stands for everything that large.
      range.upperBound.subtractingReportingOverflow(range.lowerBound).overflow
        ? .max : range.upperBound - range.lowerBound + 1
    }
  }

  /// How many points a grid has along the domain; nil for a continuous range without steps.
  package var gridCount: Int? {
    steppedIntegers?.count ?? (steps ?? count)
  }

  /// The points of a grid, from 0.
  ///
  /// - Precondition: 0 <= index < gridCount
  package func gridValue(at index: Int) -> JSONValue {
    switch self {
    case .values(let values): return values[index]
    case .float(let range, let isLog, let steps?):
      return .number(Self.interpolate(range, Double(index) / Double(steps - 1), log: isLog))
    case .float:
      preconditionFailure("a continuous range without steps has no grid")
    case .integer(let range, _, _):
      return .integer(steppedIntegers?[index] ?? range.lowerBound + index)
    }
  }

  /// The place of a value among the points of a grid; nil where it is none of them.
  func gridIndex(of value: JSONValue) -> Int? {
    guard contains(value), let count = gridCount else { return nil }
    if case .integer(let range, _, nil) = self {
      let place = value.int.map { $0.subtractingReportingOverflow(range.lowerBound) }
      return place.flatMap { $0.overflow ? nil : $0.partialValue }
    }
    let wanted = value.canonical
    return (0..<count).first { gridValue(at: $0).canonical == wanted }
  }

  private var steps: Int? {
    if case .float(_, _, let steps) = self { steps } else { nil }
  }

  /// The steps of a range of integers: even, rounded, and each once.
  private var steppedIntegers: [Int]? {
    guard case .integer(let range, let isLog, let steps?) = self else { return nil }
    let bounds = Double(range.lowerBound)...Double(range.upperBound)
    var values: [Int] = []
    for step in 0..<steps {
      let value = Self.round(Self.interpolate(bounds, Double(step) / Double(steps - 1), log: isLog), into: range)
      if value != values.last { values.append(value) }
    }
    return values
  }

  package func contains(_ value: JSONValue) -> Bool {
    member(equalTo: value) != nil
  }

  /// The value in the form in which the domain gives it: 1 is 1.0 in a range of floats.
  func member(equalTo value: JSONValue) -> JSONValue? {
    switch self {
    case .values(let values):
      return values.first { $0.canonical == value.canonical }
    case .float(let range, _, _):
      return value.double.flatMap { range.contains($0) ? .number($0) : nil }
    case .integer(let range, _, _):
      return value.int.flatMap { range.contains($0) ? .integer($0) : nil }
    }
  }

  /// The domain in words.
  package var summary: String {
    switch self {
    case .values(let values):
      return values.map(\.canonical.excerpt).joined(separator: ", ")
    case .float(let range, let isLog, let steps):
      let bounds = [range.lowerBound, range.upperBound].map { JSONValue.number($0).canonical.excerpt }
      return "\(bounds[0]) to \(bounds[1])\(isLog ? ", log" : "")\(steps.map { ", \($0) steps" } ?? "")"
    case .integer(let range, let isLog, let steps):
      return "integers \(range.lowerBound) to \(range.upperBound)\(isLog ? ", log" : "")"
        + (steps.map { ", \($0) steps" } ?? "")
    }
  }
}

extension JSONValue {
  /// Numbers without a fraction as integers, members by their keys: two values that mean the same are equal.
  package var canonical: JSONValue {
    switch self {
    case .number(let value): Int(exactly: value).map { .integer($0) } ?? self
    case .array(let elements): .array(elements.map(\.canonical))
    case .object(let object):
      .object(JSONObject(object.members.map { .init($0.key, $0.value.canonical) }.sorted { $0.key < $1.key }))
    case .null, .bool, .integer, .string: self
    }
  }
}
