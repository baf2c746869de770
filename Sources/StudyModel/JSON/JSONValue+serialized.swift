extension JSONValue {
  /// The value as JSON text. Doubles are the shortest decimals that read back to the same double; one without a
  /// fraction keeps its ".0", so that `JSONValue(parsing:)` gives back an equal value.
  ///
  /// - Parameters:
  ///   - pretty: Indented by two spaces; arrays of plain values stay on one line.
  ///   - sortedKeys: Members in the order of their keys, for comparisons.
  /// - Precondition: Every number is finite (`isFinite`).
  package func serialized(pretty: Bool = false, sortedKeys: Bool = false) -> String {
    var bytes: [UInt8] = []
    append(to: &bytes, pretty: pretty, sortedKeys: sortedKeys)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the value as JSON text in UTF-8.
  ///
  /// - Precondition: Every number is finite (`isFinite`).
  package func append(to bytes: inout [UInt8], pretty: Bool = false, sortedKeys: Bool = false) {
    JSONWriter(pretty: pretty, sortedKeys: sortedKeys).write(self, to: &bytes, depth: 0)
  }

  /// Whether every number is finite. JSON has no other numbers.
  package var isFinite: Bool {
    switch self {
    case .number(let value): value.isFinite
    case .array(let elements): elements.allSatisfy(\.isFinite)
    case .object(let object): object.members.allSatisfy(\.value.isFinite)
    case .null, .bool, .integer, .string: true
    }
  }
}

private struct JSONWriter {
  let pretty: Bool
  let sortedKeys: Bool

  func write(_ value: JSONValue, to bytes: inout [UInt8], depth: Int) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += value.description.utf8
    case .number(let value):
      precondition(value.isFinite, "JSON has no number for \(value)")
      bytes += value.description.utf8
    case .string(let value): write(value, to: &bytes)
    case .array(let elements): write(elements, to: &bytes, depth: depth)
    case .object(let object): write(object, to: &bytes, depth: depth)
    }
  }

  private func write(_ elements: [JSONValue], to bytes: inout [UInt8], depth: Int) {
    let plain = elements.allSatisfy { $0.array == nil && $0.object == nil }
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes += (plain && pretty ? ", " : ",").utf8 }
      if !plain { newLine(&bytes, depth + 1) }
      write(element, to: &bytes, depth: depth + 1)
    }
    if !plain { newLine(&bytes, depth) }
    bytes.append(UInt8(ascii: "]"))
  }

  private func write(_ object: JSONObject, to bytes: inout [UInt8], depth: Int) {
    let members = sortedKeys ? object.members.sorted { $0.key < $1.key } : object.members
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(&bytes, depth + 1)
      write(member.key, to: &bytes)
      bytes += (pretty ? ": " : ":").utf8
      write(member.value, to: &bytes, depth: depth + 1)
    }
    if !members.isEmpty { newLine(&bytes, depth) }
    bytes.append(UInt8(ascii: "}"))
  }

  private func newLine(_ bytes: inout [UInt8], _ depth: Int) {
    guard pretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
  }

  private func write(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case 0..<0x20: bytes += ((byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
