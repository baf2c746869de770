extension Field {
  /// A section of the file that is always there; fields that the file leaves out keep their defaults.
  package static func section<Value: Configurable>(
    _ name: String, _ path: Path<Value>, _ summary: String
  ) -> Self {
    Self(
      name: name, summary: summary, isRequired: false,
      read: { Value.schema.read($0, into: &$1[keyPath: path], $2, &$3) },
      write: { .object(Value.schema.write($0[keyPath: path])) },
      jsonSchema: { Value.schema.jsonSchema(summary) },
      content: .section {
        Value.schema.fields.map { field in
          field.seen {
            $0[keyPath: path]
          } set: {
            $1[keyPath: path] = $0
          }
        }
      })
  }

  /// A section that may be left out.
  package static func optionalSection<Value: Configurable>(
    _ name: String, _ path: Path<Value?>, _ summary: String
  ) -> Self {
    Self(
      name: name, summary: summary, isRequired: false,
      read: { json, root, place, issues in
        var value = Value()
        Value.schema.read(json, into: &value, place, &issues)
        root[keyPath: path] = value
      },
      write: { root in root[keyPath: path].map { .object(Value.schema.write($0)) } },
      jsonSchema: { Value.schema.jsonSchema(summary) },
      content: .section {
        // A value that is set makes the section.
        Value.schema.fields.map { field in
          field.seen {
            $0[keyPath: path]
          } otherwise: {
            Value()
          } set: {
            $1[keyPath: path] = $0
          }
        }
      })
  }

  /// The field as a field of the type that holds this one.
  ///
  /// - Parameter makeRoot: What holds the field where `get` finds nothing.
  private func seen<Outer>(
    from get: @escaping @Sendable (Outer) -> Root?, otherwise makeRoot: (@Sendable () -> Root)? = nil,
    set: @escaping @Sendable (Root, inout Outer) -> Void
  ) -> Field<Outer> {
    let root: @Sendable (Outer) -> Root = { outer in get(outer) ?? makeRoot!() }
    let outerContent: Field<Outer>.Content =
      switch content {
      case .section(let fields): .section { fields().map { $0.seen(from: get, otherwise: makeRoot, set: set) } }
      case .value(let value):
        .value(
          SearchableValue<Outer>(
            kind: value.kind, expectation: value.expectation, keywords: value.keywords, normalized: value.normalized,
            set: { json, outer throws(ValueMismatch) in
              var inner = root(outer)
              try value.set(json, &inner)
              set(inner, &outer)
            },
            get: { outer in get(outer).flatMap { value.get($0) } }, element: value.element))
      }
    return Field<Outer>(
      name: name, summary: summary, isRequired: isRequired,
      read: { json, outer, path, issues in
        var inner = root(outer)
        read(json, &inner, path, &issues)
        set(inner, &outer)
      },
      write: { outer in get(outer).flatMap { write($0) } }, jsonSchema: jsonSchema, content: outerContent)
  }
}
