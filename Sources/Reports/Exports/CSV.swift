/// Comma-separated values: quoting as in RFC 4180, lines ending in a line feed as the tools of Unix expect.
package struct CSV: Hashable, Sendable {
  package let header: [String]
  private var body = ""

  package init(header: [String]) {
    self.header = header
  }

  package mutating func append(_ fields: [String]) {
    precondition(fields.count == header.count, "\(fields.count) fields under a header of \(header.count)")
    body += Self.line(fields)
  }

  /// The document, with its header.
  package var text: String { Self.line(header) + body }

  private static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    let special = field.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
    guard special else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  /// The shortest digits that give the same number again; `nan`, `inf` and `-inf` for the others.
  package static func field(_ value: Double?) -> String {
    value.map { $0.isNaN ? "nan" : "\($0)" } ?? ""
  }
}
