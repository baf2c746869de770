/// One field of a configuration type: the one place that says how it is read, written, checked, described and searched.
package struct Field<Root: Sendable>: Sendable {
  typealias Issues = [ConfigurationError.Issue]

  package let name: String
  package let summary: String
  let isRequired: Bool
  /// Reads the field from its JSON value; what does not fit is added to the issues.
  let read: @Sendable (JSONValue, inout Root, ConfigurationPath, inout Issues) -> Void
  /// nil: the field is absent.
  let write: @Sendable (Root) -> JSONValue?
  /// The field as JSON Schema.
  let jsonSchema: @Sendable () -> JSONObject
  let content: Content

  /// What a path that ends or goes on at the field finds.
  enum Content: Sendable {
    case value(SearchableValue<Root>)
    case section(@Sendable () -> [Field<Root>])
  }
}

/// A field that a search space may name, as seen from the root of the file.
package struct SearchableValue<Root: Sendable>: Sendable {
  package let kind: ValueKind
  package let expectation: String
  package let keywords: JSONObject
  /// Checks a value and gives it back in the form in which it is stored: an integer for a float field as a float.
  package let normalized: @Sendable (JSONValue) throws(ValueMismatch) -> JSONValue
  /// Sets the field.
  package let set: @Sendable (JSONValue, inout Root) throws(ValueMismatch) -> Void
  /// nil: the field is absent.
  package let get: @Sendable (Root) -> JSONValue?
  /// Of an array of numbers: what an element is.
  package let element: ElementSchema?

  /// The value of one element of an array of numbers; nil for every other value. Setting the first element that is not
  /// there yet makes the array longer.
  package func element(_ index: Int) -> Self? {
    guard let element else { return nil }
    let (get, set) = (get, set)
    return Self(
      kind: element.kind, expectation: element.expectation, keywords: element.keywords, normalized: element.normalized,
      set: { json, root throws(ValueMismatch) in
        let value = try element.normalized(json)
        var array = get(root)?.array ?? []
        guard index <= array.count else {
          throw ValueMismatch(
            expected: "an array with the elements before number \(index)", found: .array(array),
            hint: "; give them in the file, or as dimensions above")
        }
        if index == array.count { array.append(value) } else { array[index] = value }
        try set(.array(array), &root)
      },
      get: { root in get(root)?.array.flatMap { index < $0.count ? $0[index] : nil } }, element: nil)
  }
}
