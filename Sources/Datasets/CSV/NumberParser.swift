/// Reads a decimal number from bytes: `12`, `-0.5`, `+.5`, `3.`, `1e-3`. Correctly rounded.
enum NumberParser {
  enum Result {
    case number(Double)
    /// Nothing is written there.
    case empty
    /// NaN, an infinity in words, or a number too large for a Double.
    case notFinite
    case text
  }

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Result {
    if range.isEmpty { return .empty }
    var position = range.lowerBound
    let end = range.upperBound
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative || bytes[position] == UInt8(ascii: "+") { position += 1 }

    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var seenPoint = false
    while position < end {
      let byte = bytes[position]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        // Beyond 19 digits the sum would overflow; those numbers take the slow way below.
        if digits < 19 { mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0")) }
        digits += 1
        if seenPoint { exponent -= 1 }
      } else if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
      } else {
        break
      }
      position += 1
    }
    guard digits > 0 else { return word(bytes, range) }
    if position < end {
      guard bytes[position] | 0x20 == UInt8(ascii: "e") else { return .text }
      position += 1
      var isExponentNegative = false
      if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
        isExponentNegative = bytes[position] == UInt8(ascii: "-")
        position += 1
      }
      guard position < end else { return .text }
      var written = 0
      while position < end {
        let byte = bytes[position]
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return .text }
        written = min(written * 10 + Int(byte - UInt8(ascii: "0")), 100_000)
        position += 1
      }
      exponent += isExponentNegative ? -written : written
    }

    // Both factors are exact, so that the one rounding of the product or quotient is the right one (Clinger 1990).
    if digits <= 19, mantissa <= 1 << 53, abs(exponent) <= 22 {
      let value = exponent < 0 ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
      return .number(isNegative ? -value : value)
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    guard let value = Double(text) else { return .text }
    return value.isFinite ? .number(value) : .notFinite
  }

  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Result {
    guard range.count <= 9 else { return .text }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self).lowercased()
    switch text.drop(while: { $0 == "-" || $0 == "+" }) {
    case "nan", "inf", "infinity": return .notFinite
    default: return .text
    }
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
