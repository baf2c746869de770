/// A dimension as it stands in a sweep file.
struct DimensionConfiguration: Configurable {
  enum Scale: String, Hashable, Sendable, CaseIterable {
    case linear, log
  }

  enum Kind: String, Hashable, Sendable, CaseIterable {
    case float, integer
  }

  var values: [JSONValue]?
  /// Two numbers, not checked further.
  var range: [JSONValue]?
  var scale: Scale?
  var type: Kind?
  var steps: Int?
  /// A field that is an array of numbers: so many dimensions, one for each element.
  var count: Int?
  /// One member: the name of another dimension, and its value or values.
  var when: JSONObject?

  static let schema = ObjectSchema<Self>(
    [
      .optional(
        "values", \.values, .array(of: .any, "an array of at least one value", minimumCount: 1), "The values, listed."),
      .optional("range", \.range, .bounds, "The lower and the upper bound, both included."),
      .optional(
        "scale", \.scale, .choice, "range: whether points are even in the value or in its logarithm.", default: "linear"
      ),
      .optional(
        "type", \.type, .choice, "range: the kind of number.", default: "that of the field; float for a free name"),
      .optional(
        "steps", \.steps, .steps, "range: how many points a grid has there.", default: "all of a range of integers"),
      .optional(
        "count", \.count, .elements,
        "A field that is an array of numbers, such as inference.prior.scales: so many dimensions, one for each element, "
          + "which are called inference.prior.scales.0 and so on."),
      .optional(
        "when", \.when, .condition,
        "The dimension exists where another one, above it, has the given value or one of the given values."),
    ],
    advice: [
      "min": writeRange, "max": writeRange, "low": writeRange, "high": writeRange, "lower": writeRange,
      "upper": writeRange,
      "value": "write \"values\": [...]", "choices": "write \"values\": [...]", "log": "write \"scale\": \"log\"",
      "distribution": "write \"scale\": \"log\" or \"linear\"", "int": "write \"type\": \"integer\"",
    ])

  private static let writeRange = "write \"range\": [low, high]"

  static var jsonSchema: JSONObject {
    var object = schema.jsonSchema("One dimension: a list of values, or a range.")
    object["oneOf"] = [["required": ["values"]], ["required": ["range"]]]
    return object
  }
}

extension ValueSchema where Value == JSONValue {
  fileprivate static var any: Self {
    Self(
      kind: .other, expectation: "a value", keywords: [:], read: { json throws(ValueMismatch) in json }, write: { $0 })
  }
}

extension ValueSchema where Value == [JSONValue] {
  fileprivate static var bounds: Self {
    let expectation = "an array of two numbers, the lower and the upper bound"
    let keywords: JSONObject = ["type": "array", "items": ["type": "number"], "minItems": 2, "maxItems": 2]
    return Self(kind: .other, expectation: expectation, keywords: keywords) { json throws(ValueMismatch) in
      guard let bounds = json.array, bounds.count == 2, bounds.allSatisfy({ $0.double?.isFinite ?? false }) else {
        throw ValueMismatch(expected: expectation, found: json)
      }
      return bounds
    } write: {
      .array($0)
    }
  }
}

extension ValueSchema where Value == Int {
  fileprivate static var steps: Self { whole(2...10_000) }
  fileprivate static var elements: Self { whole(1...1000) }

  private static func whole(_ range: ClosedRange<Int>) -> Self {
    let expectation = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let keywords: JSONObject = [
      "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
    ]
    return Self(kind: .integer, expectation: expectation, keywords: keywords) { json throws(ValueMismatch) in
      guard let number = json.int, range.contains(number) else {
        throw ValueMismatch(expected: expectation, found: json)
      }
      return number
    } write: {
      .integer($0)
    }
  }
}

extension ValueSchema where Value == JSONObject {
  fileprivate static var condition: Self {
    let expectation = "an object with one key, such as {\"inference.prior.kind\": \"scale-mixture\"}"
    let keywords: JSONObject = ["type": "object", "minProperties": 1, "maxProperties": 1]
    return Self(kind: .other, expectation: expectation, keywords: keywords) { json throws(ValueMismatch) in
      guard let object = json.object, object.members.count == 1, object.members[0].value.array?.isEmpty != true else {
        throw ValueMismatch(expected: expectation, found: json)
      }
      return object
    } write: {
      .object($0)
    }
  }
}
