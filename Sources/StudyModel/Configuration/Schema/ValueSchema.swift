/// How one kind of value stands in a sweep file: what is read, what is written, and what an editor is told.
package struct ValueSchema<Value: Sendable>: Sendable {
  /// What a search may do with the value: give a range, or list values.
  package let kind: ValueKind
  /// "a number greater than 0", for messages.
  package let expectation: String
  /// The keywords of JSON Schema: type, bounds, enum.
  package let keywords: JSONObject
  /// Of an array of numbers.
  let element: ElementSchema?
  let read: @Sendable (JSONValue) throws(ValueMismatch) -> Value
  package let write: @Sendable (Value) -> JSONValue

  init(
    kind: ValueKind, expectation: String, keywords: JSONObject, element: ElementSchema? = nil,
    read: @escaping @Sendable (JSONValue) throws(ValueMismatch) -> Value,
    write: @escaping @Sendable (Value) -> JSONValue
  ) {
    self.kind = kind
    self.element = element
    self.expectation = expectation
    self.keywords = keywords
    self.read = read
    self.write = write
  }
}

/// One element of an array of numbers, which a search may name by its place.
package struct ElementSchema: Sendable {
  package let kind: ValueKind
  package let expectation: String
  package let keywords: JSONObject
  /// Checks a value and gives it back in the form in which it is stored.
  package let normalized: @Sendable (JSONValue) throws(ValueMismatch) -> JSONValue

  /// nil for what is no number.
  init?<Value>(_ schema: ValueSchema<Value>) {
    guard schema.kind != .other else { return nil }
    (kind, expectation, keywords) = (schema.kind, schema.expectation, schema.keywords)
    normalized = { json throws(ValueMismatch) in schema.write(try schema.read(json)) }
  }
}

package enum ValueKind: Hashable, Sendable {
  case float, integer, other
}

/// A value that does not fit its schema.
package struct ValueMismatch: Error, Hashable, Sendable {
  /// Where in the value, for example the element of an array.
  package var place: [ConfigurationPath.Component] = []
  package var expected: String
  package var found: JSONValue
  /// "; did you mean ...?" or nothing.
  package var hint = ""

  package var message: String { "expected \(expected), found \(found.excerpt)\(hint)" }
}

extension JSONValue {
  /// The value for a message: short values as they are, long ones by their kind.
  package var excerpt: String {
    guard isFinite else { return "a number that is not finite" }
    let text = serialized()
    if text.utf8.count <= 60 { return text }
    switch self {
    case .object: return "an object"
    case .array(let elements): return "an array of \(elements.count) elements"
    case .string: return "a string of \(text.utf8.count - 2) bytes"
    default: return text
    }
  }
}
