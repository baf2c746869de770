package import StudyModel

extension JSONValue {
  /// A number, or null: JSON has none for infinities and for what is not a number.
  init(finite value: Double?) {
    self = value.map { $0.isFinite ? .number($0) : .null } ?? .null
  }

  init(_ value: Aggregate?) {
    guard let value else {
      self = .null
      return
    }
    self = [
      "mean": JSONValue(finite: value.mean), "standard_error": JSONValue(finite: value.standardError),
      "standard_deviation": JSONValue(finite: value.standardDeviation), "runs": .integer(value.count),
    ]
  }

  init(optional value: Int?) { self = value.map { .integer($0) } ?? .null }

  init(optional value: String?) { self = value.map { .string($0) } ?? .null }

  /// Members in the order of their keys, so that the same metrics always give the same text.
  init(metrics: [String: Double]) {
    self = .object(JSONObject(metrics.sorted { $0.key < $1.key }.map { .init($0.key, JSONValue(finite: $0.value)) }))
  }
}

/// A document as it goes to standard output: indented, with a line end.
package func documentText(_ value: JSONValue) -> String {
  value.serialized(pretty: true) + "\n"
}
