/// A type that stands in a sweep file as an object. Its schema is declared once, and everything else comes from it:
/// reading with all errors collected, writing, the check for unknown keys, JSON Schema, and the paths a space may
/// search.
package protocol Configurable: Hashable, Sendable {
  /// The defaults.
  init()
  static var schema: ObjectSchema<Self> { get }
}

/// The fields of a configuration type, in the order in which they are written.
package struct ObjectSchema<Root: Sendable>: Sendable {
  package let fields: [Field<Root>]
  /// What to write instead of keys that other tools have.
  private let advice: [String: String]

  package init(_ fields: [Field<Root>], advice: [String: String] = [:]) {
    self.fields = fields
    self.advice = advice
  }

  func read(
    _ json: JSONValue, into root: inout Root, _ path: ConfigurationPath, _ issues: inout [ConfigurationError.Issue]
  ) {
    guard let object = json.object else {
      issues.append(.init(path, "expected an object, found \(json.excerpt)"))
      return
    }
    for member in object.members {
      if let field = fields.first(where: { $0.name == member.key }) {
        field.read(member.value, &root, path.appending(member.key), &issues)
      } else {
        issues.append(.init(path.appending(member.key), unknownKey(member.key)))
      }
    }
    for field in fields where field.isRequired && object[field.name] == nil {
      issues.append(.init(path.appending(field.name), "is required: \(field.summary.withoutFullStop)"))
    }
  }

  func write(_ root: Root) -> JSONObject {
    JSONObject(fields.compactMap { field in field.write(root).map { JSONObject.Member(field.name, $0) } })
  }

  /// The object as JSON Schema, draft 2020-12.
  func jsonSchema(_ summary: String) -> JSONObject {
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
    var object: JSONObject = [
      "description": .string(summary), "type": "object",
      "properties": .object(JSONObject(fields.map { .init($0.name, .object($0.jsonSchema())) })),
    ]
    if !required.isEmpty { object["required"] = .array(required) }
    object["additionalProperties"] = false
    return object
  }

  /// A near key here, or the section elsewhere where the key is known, or the list of what is known here.
  private func unknownKey(_ key: String) -> String {
    let known = fields.map(\.name)
    if let advice = advice[key] { return "unknown key; \(advice)" }
    if let near = Spelling.nearest(to: key, in: known), Spelling.fold(near) == Spelling.fold(key) {
      return "unknown key; did you mean \"\(near)\"?"
    }
    let isPartOfSweep = advice.isEmpty
    let owners =
      !isPartOfSweep ? [] : SweepConfiguration.schema.sections.filter { $0.keys.contains(key) }.map { "\"\($0.path)\"" }
    if !owners.isEmpty { return "unknown key; \"\(key)\" belongs under \(owners.joined(separator: " or "))" }
    if let near = Spelling.nearest(to: key, in: known) { return "unknown key; did you mean \"\(near)\"?" }
    return "unknown key; known here are \(Spelling.list(known, "and"))"
  }
}

extension String {
  fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
