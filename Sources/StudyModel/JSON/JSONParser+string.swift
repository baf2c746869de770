extension JSONParser {
  mutating func string() throws(JSONSyntaxError) -> String {
    let opening = position
    position += 1
    let start = position
    // Without escapes, as nearly every string is, the bytes are taken as they stand.
    while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""),
      bytes[position] != UInt8(ascii: "\\")
    {
      position += 1
    }
    if current == UInt8(ascii: "\"") {
      let text = try decoded(bytes[start..<position], opening)
      position += 1
      return text
    }
    var unescaped = Array(bytes[start..<position])
    while true {
      guard position < bytes.count else { throw error("the string that starts here has no end", at: opening) }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") { break }
      if byte < 0x20 {
        let remedy = byte == 0x0A ? "; a string ends on its line (write a line break as \\n)" : ""
        throw error("the control character \(hexadecimal(byte)) stands in a string\(remedy)")
      }
      if byte == UInt8(ascii: "\\") {
        try escape(into: &unescaped)
      } else {
        unescaped.append(byte)
        position += 1
      }
    }
    let text = try decoded(unescaped[...], opening)
    position += 1
    return text
  }

  private func decoded(_ bytes: ArraySlice<UInt8>, _ opening: Int) throws(JSONSyntaxError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error("the string that starts here is not UTF-8", at: opening)
    }
    return text
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    let start = position
    position += 1
    let letter = current
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try fourDigits(start)
      if (0xD800...0xDBFF).contains(code) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
          case let low = try fourDigits(start), (0xDC00...0xDFFF).contains(low)
        else { throw error("a high surrogate without its low surrogate", at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = UnicodeScalar(code) else {
        throw error("a low surrogate without its high surrogate", at: start)
      }
      text.append(contentsOf: UTF8.encode(scalar)!)
    default:
      throw error("an unknown escape; write a backslash as \\\\", at: start)
    }
  }

  private mutating func fourDigits(_ start: Int) throws(JSONSyntaxError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue else {
        throw error("expected four hexadecimal digits after \\u", at: start)
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
