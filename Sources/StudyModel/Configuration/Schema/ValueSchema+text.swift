extension ValueSchema where Value == String {
  /// A string of at least one character; `meaning` says what it holds, for messages.
  package static func text(_ meaning: String) -> Self {
    let keywords: JSONObject = ["type": "string", "minLength": 1]
    return Self(kind: .other, expectation: meaning, keywords: keywords) { json throws(ValueMismatch) in
      guard let value = json.string, !value.isEmpty, !value.utf8.contains(0) else {
        throw ValueMismatch(expected: meaning, found: json)
      }
      return value
    } write: {
      .string($0)
    }
  }

  /// The name of a study: it is the name of a folder and a word of a command line too.
  package static var studyName: Self {
    let expectation =
      "a name of letters, digits, \".\", \"_\" and \"-\", at most 100, that starts with a letter or a digit"
    let keywords: JSONObject = ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"]
    return Self(kind: .other, expectation: expectation, keywords: keywords) { json throws(ValueMismatch) in
      guard let name = json.string, isStudyName(name) else { throw ValueMismatch(expected: expectation, found: json) }
      return name
    } write: {
      .string($0)
    }
  }

  private static func isStudyName(_ name: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    return (1...100).contains(name.utf8.count) && isAlphanumeric(name.utf8.first!)
      && name.utf8.allSatisfy { isAlphanumeric($0) || ".-_".utf8.contains($0) }
  }
}

extension ValueSchema where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the raw values of an enumeration.
  package static var choice: Self {
    let words = Value.allCases.map(\.rawValue)
    let expectation = words.count > 1 ? "one of \(Spelling.list(words))" : Spelling.list(words)
    let keywords: JSONObject = ["enum": .array(words.map { .string($0) })]
    return Self(kind: .other, expectation: expectation, keywords: keywords) { json throws(ValueMismatch) in
      guard let word = json.string, let value = Value(rawValue: word) else {
        let hint = json.string.map { Spelling.hint(for: $0, in: words) } ?? ""
        throw ValueMismatch(expected: expectation, found: json, hint: hint)
      }
      return value
    } write: {
      .string($0.rawValue)
    }
  }
}

extension ValueSchema where Value == JSONValue {
  /// An object whose members are checked elsewhere.
  package static func anyObject(_ meaning: String) -> Self {
    Self(kind: .other, expectation: meaning, keywords: ["type": "object"]) { json throws(ValueMismatch) in
      guard json.object != nil else { throw ValueMismatch(expected: meaning, found: json) }
      return json
    } write: {
      $0
    }
  }
}

extension ValueSchema {
  /// An array whose elements fit `element`.
  package static func array<Element>(
    of element: ValueSchema<Element>, _ expectation: String, minimumCount: Int = 0
  ) -> Self where Value == [Element] {
    var keywords: JSONObject = ["type": "array", "items": .object(element.keywords)]
    if minimumCount > 0 { keywords["minItems"] = .integer(minimumCount) }
    return Self(kind: .other, expectation: expectation, keywords: keywords, element: ElementSchema(element)) {
      json throws(ValueMismatch) in
      guard let elements = json.array, elements.count >= minimumCount else {
        throw ValueMismatch(expected: expectation, found: json)
      }
      var values: [Element] = []
      for (index, item) in elements.enumerated() {
        do throws(ValueMismatch) {
          values.append(try element.read(item))
        } catch {
          var mismatch = error
          mismatch.place.insert(.index(index), at: 0)
          throw mismatch
        }
      }
      return values
    } write: {
      .array($0.map(element.write))
    }
  }
}
