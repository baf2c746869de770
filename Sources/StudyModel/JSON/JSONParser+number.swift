extension JSONParser {
  mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    let negative = take(UInt8(ascii: "-"))
    // The digits as one integer, as long as they fit; the power of ten that the point and the exponent make of it.
    var digits: UInt64 = 0
    var exact = true
    var power = 0
    let whole = try digitRun("after \"-\"", &digits, &exact)
    if whole > 1, bytes[position - whole] == UInt8(ascii: "0") {
      throw error("a number may not start with a zero", at: start)
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      power = -(try digitRun("after the decimal point", &digits, &exact))
    }
    if current | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      let down = take(UInt8(ascii: "-"))
      if !down { _ = take(UInt8(ascii: "+")) }
      var exponent: UInt64 = 0
      var fits = true
      _ = try digitRun("in the exponent", &exponent, &fits)
      let size = fits && exponent < 100_000 ? Int(exponent) : 100_000
      power += down ? -size : size
    }
    if isInteger, exact {
      if negative, digits <= UInt64(Int.max) + 1 { return .integer(Int(truncatingIfNeeded: 0 &- digits)) }
      if !negative, digits <= UInt64(Int.max) { return .integer(Int(digits)) }
    }
    // Below 2^53 and within 10^22 both factors are exact, so that one rounding gives the nearest double (Clinger 1990).
    if exact, digits <= 1 << 53, abs(power) < Self.powersOfTen.count {
      let factor = Self.powersOfTen[abs(power)]
      let size = power < 0 ? Double(digits) / factor : Double(digits) * factor
      return .number(negative ? -size : size)
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw error("the number \(text.prefix(40)) is beyond the range of a double", at: start)
    }
    return .number(value)
  }

  /// Steps over one or more digits and returns how many there were. `exact` turns false when `value` does not fit.
  private mutating func digitRun(
    _ place: StaticString, _ value: inout UInt64, _ exact: inout Bool
  ) throws(JSONSyntaxError) -> Int {
    let start = position
    while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if overflow || carry { exact = false }
      value = sum
      position += 1
    }
    if position == start { throw error("expected a digit \(place), found \(found)") }
    return position - start
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
