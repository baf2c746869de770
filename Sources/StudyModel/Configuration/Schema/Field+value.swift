extension Field {
  package typealias Path<Value> = any (WritableKeyPath<Root, Value> & Sendable)

  /// A field with a value of its own.
  ///
  /// - Parameters:
  ///   - isRequired: Has no default; a file that leaves it out is refused.
  ///   - default: What the description says instead of the default, where the default depends on other fields.
  package static func value<Value>(
    _ name: String, _ path: Path<Value>, _ schema: ValueSchema<Value>, _ summary: String, isRequired: Bool = false,
    default note: String? = nil
  ) -> Self where Root: Configurable {
    make(name, schema, summary, isRequired, note, defaultValue: isRequired || note != nil ? nil : path) {
      $1[keyPath: path] = $0
    } get: {
      $0[keyPath: path]
    }
  }

  /// A field that may be left out.
  package static func optional<Value>(
    _ name: String, _ path: Path<Value?>, _ schema: ValueSchema<Value>, _ summary: String, default note: String? = nil
  ) -> Self where Root: Configurable {
    make(name, schema, summary, false, note, defaultValue: nil) {
      $1[keyPath: path] = $0
    } get: {
      $0[keyPath: path]
    }
  }

  private static func make<Value>(
    _ name: String, _ schema: ValueSchema<Value>, _ summary: String, _ isRequired: Bool, _ note: String?,
    defaultValue: Path<Value>?, set: @escaping @Sendable (Value, inout Root) -> Void,
    get: @escaping @Sendable (Root) -> Value?
  ) -> Self where Root: Configurable {
    let searchable = SearchableValue<Root>(
      kind: schema.kind, expectation: schema.expectation, keywords: schema.keywords,
      normalized: { json throws(ValueMismatch) in schema.write(try schema.read(json)) },
      set: { json, root throws(ValueMismatch) in set(try schema.read(json), &root) },
      get: { get($0).map(schema.write) }, element: schema.element)
    return Self(
      name: name, summary: summary, isRequired: isRequired,
      read: { json, root, path, issues in
        do throws(ValueMismatch) {
          set(try schema.read(json), &root)
        } catch {
          issues.append(.init(path.appending(error.place), error.message))
        }
      },
      write: { get($0).map(schema.write) },
      jsonSchema: {
        var object: JSONObject = ["description": .string(note.map { "\(summary) Default: \($0)." } ?? summary)]
        object.members += schema.keywords.members
        if let defaultValue { object["default"] = schema.write(Root()[keyPath: defaultValue]) }
        return object
      },
      content: .value(searchable))
  }
}
