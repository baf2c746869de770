extension ObjectSchema {
  package enum Lookup: Sendable {
    case value(SearchableValue<Root>)
    /// The path ends at a section, whose keys are these.
    case section(keys: [String])
    /// Nothing is called so.
    case nothing
  }

  /// What a path of keys, separated by dots, names. The last key may be the place of an element, counted from 0, in an array
  /// of numbers.
  package func lookup(_ path: String) -> Lookup {
    var fields = self.fields
    var found = Lookup.section(keys: fields.map(\.name))
    for key in path.split(separator: ".", omittingEmptySubsequences: false) {
      if case .value(let array) = found, let index = Int(key), (0..<1000).contains(index), String(index) == key,
        let element = array.element(index)
      {
        found = .value(element)
        continue
      }
      guard let field = fields.first(where: { $0.name == key }) else { return .nothing }
      switch field.content {
      case .section(let inner):
        fields = inner()
        found = .section(keys: fields.map(\.name))
      case .value(let value):
        fields = []
        found = .value(value)
      }
    }
    return found
  }

  /// Every path that names a value, with its field, in the order of the file.
  package var paths: [(path: String, field: Field<Root>)] {
    Self.walk(fields, "").compactMap { path, field in
      if case .value = field.content { (path, field) } else { nil }
    }
  }

  /// Every section with the keys in it.
  var sections: [(path: String, keys: [String])] {
    Self.walk(fields, "").compactMap { path, field in
      if case .section(let inner) = field.content { (path, inner().map(\.name)) } else { nil }
    }
  }

  private static func walk(_ fields: [Field<Root>], _ prefix: String) -> [(path: String, field: Field<Root>)] {
    fields.flatMap { field in
      let here = [(path: prefix + field.name, field: field)]
      if case .section(let inner) = field.content { return here + walk(inner(), prefix + field.name + ".") }
      return here
    }
  }
}
