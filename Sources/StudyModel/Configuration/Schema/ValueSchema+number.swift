extension ValueSchema where Value == Double {
  private static func number(
    _ expectation: String, _ keywords: JSONObject, where holds: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    var all: JSONObject = ["type": "number"]
    all.members += keywords.members
    return Self(kind: .float, expectation: expectation, keywords: all) { json throws(ValueMismatch) in
      guard let value = json.double, value.isFinite, holds(value) else {
        throw ValueMismatch(expected: expectation, found: json)
      }
      return value
    } write: {
      .number($0)
    }
  }

  package static var finite: Self { number("a number", [:]) { _ in true } }

  package static var positive: Self { number("a number greater than 0", ["exclusiveMinimum": 0]) { $0 > 0 } }

  /// Both ends included.
  package static func within(_ least: Double, _ most: Double) -> Self {
    let ends = [least, most].map { JSONValue.number($0).canonical }
    return number("a number from \(ends[0].excerpt) to \(ends[1].excerpt)", ["minimum": ends[0], "maximum": ends[1]]) {
      $0 >= least && $0 <= most
    }
  }

  package static var nonNegative: Self { number("a number of at least 0", ["minimum": 0]) { $0 >= 0 } }

  /// 0 and 1 left out.
  package static var betweenZeroAndOne: Self {
    number("a number between 0 and 1, both left out", ["exclusiveMinimum": 0, "exclusiveMaximum": 1]) {
      $0 > 0 && $0 < 1
    }
  }

  /// From 0, and less than 1.
  package static var belowOne: Self {
    number("a number of at least 0 and less than 1", ["minimum": 0, "exclusiveMaximum": 1]) { $0 >= 0 && $0 < 1 }
  }

  /// The decay of a running mean: from 0, and so far below 1 that 1 - decay is not 0 in single precision.
  package static var decay: Self {
    number("a number of at least 0 and less than 0.9999999", ["minimum": 0, "exclusiveMaximum": 0.9999999]) {
      $0 >= 0 && $0 < 1 - 1e-7
    }
  }

  /// From 0 to 1.
  package static var probability: Self {
    number("a number from 0 to 1", ["minimum": 0, "maximum": 1]) { $0 >= 0 && $0 <= 1 }
  }
}

extension ValueSchema where Value == Int {
  package static var largestCount: Int { 1_000_000_000 }

  /// - Parameter most: More is a slip: there is no memory for it, or products of such numbers would overflow.
  package static func atLeast(_ minimum: Int, most: Int = largestCount) -> Self {
    let expectation = "a whole number of at least \(minimum)"
    var keywords: JSONObject = ["type": "integer", "minimum": .integer(minimum)]
    if most < largestCount { keywords["maximum"] = .integer(most) }
    return Self(kind: .integer, expectation: expectation, keywords: keywords) { json throws(ValueMismatch) in
      guard let value = json.int, value >= minimum else { throw ValueMismatch(expected: expectation, found: json) }
      guard value <= most else { throw ValueMismatch(expected: "a whole number of at most \(most)", found: json) }
      return value
    } write: {
      .integer($0)
    }
  }
}

extension ValueSchema where Value == Bool {
  package static var boolean: Self {
    Self(kind: .other, expectation: "true or false", keywords: ["type": "boolean"]) { json throws(ValueMismatch) in
      guard let value = json.bool else { throw ValueMismatch(expected: "true or false", found: json) }
      return value
    } write: {
      .bool($0)
    }
  }
}
