import Foundation
package import StudyModel

/// A number with `digits` significant digits, without trailing zeros: 0.0421, 1200, 3.5e-7.
package func text(of value: Double, digits: Int = 4) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  if value == value.rounded(), abs(value) < 1e9 { return String(Int(value)) }
  let text = String(format: "%.\(digits)g", value)
  // printf pads exponents to two digits: 3.5e-07.
  guard let e = text.firstIndex(of: "e") else { return text }
  return "\(text[..<e])e\(Int(text[text.index(after: e)...]) ?? 0)"
}

/// With its sign and one decimal: +0.8, -12.3.
func signedText(of value: Double) -> String { String(format: "%+.1f", value) }

/// A value of a point as a person wants to read it: numbers with four significant digits, strings without quotes.
package func text(of value: JSONValue) -> String {
  switch value {
  case .null: "null"
  case .bool(let value): String(value)
  case .integer(let value): String(value)
  case .number(let value): text(of: value)
  case .string(let value): printable(value)
  case .array(let values): "[" + values.map { text(of: $0) }.joined(separator: ", ") + "]"
  case .object(let object):
    "{" + object.members.map { "\(printable($0.key)): \(text(of: $0.value))" }.joined(separator: ", ") + "}"
  }
}

/// `mean ± standard error` for a set of values that are read beside each other, all with the same number of decimals.
///
/// The standard error has two significant digits in the most certain of them, as long as the least certain then has no
/// more than four. Without standard errors the largest mean has five significant digits.
package struct MeasureFormat: Hashable, Sendable {
  /// Nil where no common number of decimals is sensible: then each value has its own significant digits.
  let decimals: Int?

  init(decimals: Int?) {
    self.decimals = decimals
  }

  package init(for values: some Collection<Aggregate>) {
    let magnitudes = values.lazy.map { abs($0.mean) }.filter { $0.isFinite && $0 > 0 }
    guard let largest = magnitudes.max(), (1e-3..<1e8).contains(largest) else {
      decimals = nil
      return
    }
    let errors = values.lazy.compactMap(\.standardError).filter { $0.isFinite && $0 > 0 }
    if let smallest = errors.min(), let widest = errors.max() {
      let needed = 1 - Self.exponent(smallest)
      decimals = min(max(0, min(needed, 3 - Self.exponent(widest))), 8)
    } else {
      decimals = min(max(0, 4 - Self.exponent(largest)), 8)
    }
  }

  /// The decimal exponent after rounding to two digits, so that 0.0999 counts as 0.10.
  private static func exponent(_ value: Double) -> Int {
    let text = String(format: "%.1e", value)
    return text.firstIndex(of: "e").flatMap { Int(text[text.index(after: $0)...]) } ?? 0
  }

  package func text(of value: Aggregate) -> String {
    guard let error = value.standardError else { return text(of: value.mean, digits: 5) }
    return "\(text(of: value.mean, digits: 5)) ± \(text(of: error, digits: 2))"
  }

  package func text(of difference: Double, digits: Int) -> String {
    guard let decimals, difference.isFinite else { return Reports.text(of: difference, digits: digits) }
    return String(format: "%.\(decimals)f", difference)
  }
}

/// `mean ± standard error` on its own.
package func text(of value: Aggregate) -> String {
  MeasureFormat(for: CollectionOfOne(value)).text(of: value)
}

/// A whole number of seconds as 0:35, 12:05, 1:02:03 or 2 d 3:04:05.
package func durationText(seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
  let all = Int(seconds.rounded())
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
  let (days, hours, minutes) = (all / 86400, all / 3600 % 24, all / 60 % 60)
  let clock = all < 3600 ? "\(minutes):\(two(all % 60))" : "\(hours):\(two(minutes)):\(two(all % 60))"
  return days > 0 ? "\(days) d \(clock)" : clock
}

/// `1 trial`, `2 trials`.
package func count(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}
