/// Times as ISO 8601 in UTC with milliseconds, for example 2026-07-28T12:34:56.789Z: always 24 bytes from the year 0
/// to 9999.
enum Timestamp {
  static let length = 24

  /// Appends the text. Times outside of the years 0 to 9999 become the nearest inside, and NaN becomes 1970.
  static func append(_ seconds: Double, to bytes: inout [UInt8]) {
    let range = -62_167_219_200_000...253_402_300_799_999.0
    let milliseconds = seconds.isNaN ? 0 : Int(min(max((seconds * 1000).rounded(), range.lowerBound), range.upperBound))
    let days = floorDivide(milliseconds, 86_400_000)
    let rest = milliseconds - days * 86_400_000
    let (year, month, day) = date(days)
    append(year, digits: 4, then: "-", to: &bytes)
    append(month, digits: 2, then: "-", to: &bytes)
    append(day, digits: 2, then: "T", to: &bytes)
    append(rest / 3_600_000, digits: 2, then: ":", to: &bytes)
    append(rest / 60_000 % 60, digits: 2, then: ":", to: &bytes)
    append(rest / 1000 % 60, digits: 2, then: ".", to: &bytes)
    append(rest % 1000, digits: 3, then: "Z", to: &bytes)
  }

  /// Seconds since 1970; nil for anything but 24 bytes of the form above.
  static func seconds(_ bytes: ArraySlice<UInt8>) -> Double? {
    let form: StaticString = "0000-00-00T00:00:00.000Z"
    guard bytes.count == length else { return nil }
    var fields: [Int] = [0]
    for (index, byte) in bytes.enumerated() {
      let expected = form.utf8Start[index]
      if expected == UInt8(ascii: "0") {
        guard case let digit = byte &- UInt8(ascii: "0"), digit < 10 else { return nil }
        fields[fields.count - 1] = fields[fields.count - 1] * 10 + Int(digit)
      } else {
        guard byte == expected else { return nil }
        fields.append(0)
      }
    }
    guard (1...12).contains(fields[1]), (1...31).contains(fields[2]), fields[3] < 24, fields[4] < 60, fields[5] < 60
    else { return nil }
    let days = days(year: fields[0], month: fields[1], day: fields[2])
    let milliseconds = (((days * 24 + fields[3]) * 60 + fields[4]) * 60 + fields[5]) * 1000 + fields[6]
    return Double(milliseconds) / 1000
  }

  private static func append(_ value: Int, digits: Int, then end: Unicode.Scalar, to bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
    bytes.append(UInt8(ascii: end))
  }

  // The calendar counts in eras of 400 years that begin in March, so that the leap day is the last of its year:
  // H. Hinnant, "chrono-compatible low-level date algorithms" (2013).

  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let civil = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
  }

  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = floorDivide(year, 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int {
    a >= 0 ? a / b : -((b - 1 - a) / b)
  }
}
