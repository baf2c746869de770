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
        Value.schema.fields.map { field in
          field.seen {
            $0[keyPath: path] ?? Value()
          } set: {
            $1[keyPath: path] = $0
          }
        }
      })
  }

  /// The field as a field of the type that holds this one.
  private func seen<Outer>(
    from get: @escaping @Sendable (Outer) -> Root, set: @escaping @Sendable (Root, inout Outer) -> Void
  ) -> Field<Outer> {
    let outerContent: Field<Outer>.Content =
      switch content {
      case .section(let fields): .section { fields().map { $0.seen(from: get, set: set) } }
      case .value(let value):
        .value(
          SearchableValue<Outer>(
            kind: value.kind, expectation: value.expectation, keywords: value.keywords, normalized: value.normalized,
            set: { json, outer throws(ValueMismatch) in
              var root = get(outer)
              try value.set(json, &root)
              set(root, &outer)
            },
            get: { value.get(get($0)) }))
      }
    return Field<Outer>(
      name: name, summary: summary, isRequired: isRequired,
      read: { json, outer, path, issues in
        var root = get(outer)
        read(json, &root, path, &issues)
        set(root, &outer)
      },
      write: { write(get($0)) }, jsonSchema: jsonSchema, content: outerContent)
  }
}
