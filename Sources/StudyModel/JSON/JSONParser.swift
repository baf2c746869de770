/// A recursive descent parser over bytes. Every rule starts at its first byte and ends behind its last one.
struct JSONParser {
  let bytes: [UInt8]
  let maximumDepth: Int
  var position = 0
  var depth = 0

  init(bytes: [UInt8], maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  /// The byte at the position, or 0 behind the end: 0 is in no rule of the grammar.
  var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  mutating func document() throws(JSONSyntaxError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    skipSpace()
    if position == bytes.count { throw error("expected a JSON value, found an empty document") }
    let value = try value()
    skipSpace()
    if position < bytes.count { throw error("expected the end of the document, found \(found)") }
    return value
  }

  mutating func value() throws(JSONSyntaxError) -> JSONValue {
    switch current {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: throw error("expected a value, found \(found)\(hint)")
    }
  }

  mutating func object() throws(JSONSyntaxError) -> JSONObject {
    try open()
    var members: [JSONObject.Member] = []
    var keys: Set<String> = []
    if !take(UInt8(ascii: "}")) {
      repeat {
        skipSpace()
        if current == UInt8(ascii: "}") { throw error("expected a key, found \"}\"; remove the comma before it") }
        guard current == UInt8(ascii: "\"") else {
          throw error("expected a key in double quotes, found \(found)\(hint)")
        }
        let start = position
        let key = try string()
        // A set pays from a handful of keys on.
        if members.count < 8 ? members.contains(where: { $0.key == key }) : keys.contains(key) {
          throw error("the key \"\(key)\" is given twice in one object", at: start)
        }
        if members.count == 7 { keys = Set(members.map(\.key)) }
        if members.count >= 7 { keys.insert(key) }
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw error("expected \":\" after the key \"\(key)\", found \(found)") }
        skipSpace()
        members.append(JSONObject.Member(key, try value()))
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw error("expected \",\" or \"}\", found \(found)\(hint)") }
    }
    depth -= 1
    return JSONObject(members)
  }

  mutating func array() throws(JSONSyntaxError) -> [JSONValue] {
    try open()
    var elements: [JSONValue] = []
    if !take(UInt8(ascii: "]")) {
      repeat {
        skipSpace()
        if current == UInt8(ascii: "]") { throw error("expected a value, found \"]\"; remove the comma before it") }
        elements.append(try value())
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw error("expected \",\" or \"]\", found \(found)\(hint)") }
    }
    depth -= 1
    return elements
  }

  /// Steps over the opening bracket.
  private mutating func open() throws(JSONSyntaxError) {
    depth += 1
    if depth > maximumDepth { throw error("more than \(maximumDepth) arrays and objects inside each other") }
    position += 1
    skipSpace()
  }

  private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ bytes[position..<end].elementsEqual($0) }) else {
      throw error("expected \(word), found \(found)")
    }
    position = end
    return value
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  mutating func skipSpace() {
    while position < bytes.count, case let byte = bytes[position],
      byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    {
      position += 1
    }
  }
}

// MARK: Errors

extension JSONParser {
  func error(_ message: String, at position: Int? = nil) -> JSONSyntaxError {
    let before = bytes[..<(position ?? self.position)]
    let line = before.count { $0 == 0x0A } + 1
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONSyntaxError(line: line, column: before.endIndex - start + 1, message: message)
  }

  /// What stands at the position, for messages: a word, a printable character or a byte.
  var found: String {
    guard position < bytes.count else { return "the end of the document" }
    let word = bytes[position...].prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }.prefix(20)
    if !word.isEmpty { return "\"\(String(decoding: word, as: UTF8.self))\"" }
    let byte = bytes[position]
    if byte == UInt8(ascii: "\"") { return "a string" }
    if byte == 0x0A || byte == 0x0D { return "the end of the line" }
    return byte > 0x20 && byte < 0x7F ? "\"\(Character(UnicodeScalar(byte)))\"" : "the byte \(hexadecimal(byte))"
  }

  /// The commonest habits from other languages.
  var hint: String {
    switch current {
    case UInt8(ascii: "/"), UInt8(ascii: "#"): "; JSON has no comments"
    case UInt8(ascii: "'"): "; JSON strings stand in double quotes"
    case UInt8(ascii: "N"), UInt8(ascii: "I"): "; JSON numbers are finite"
    case UInt8(ascii: "T"), UInt8(ascii: "F"): "; JSON writes true and false in small letters"
    case UInt8(ascii: "."), UInt8(ascii: "+"): "; a JSON number starts with a digit or \"-\""
    case UInt8(ascii: "\""): "; is a comma missing?"
    default: ""
    }
  }

  func hexadecimal(_ byte: UInt8) -> String {
    "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
