import Foundation

extension Domain {
  /// The value at a coordinate of [0, 1]. Uniform coordinates give a uniform value, or a uniform logarithm; listed
  /// values and integers have cells of equal size (integers on a log scale: of the size of k - 1/2 ... k + 1/2 there).
  package func value(at coordinate: Double) -> JSONValue {
    let u = min(max(coordinate, 0), 1)
    switch self {
    case .values(let values):
      return values[min(Int(u * Double(values.count)), values.count - 1)]
    case .float(let range, let isLog, _):
      return .number(Self.interpolate(range, u, log: isLog))
    case .integer(let range, let isLog, _):
      let value = Self.interpolate(Self.cells(range), u, log: isLog)
      return .integer(Self.round(value, into: range))
    }
  }

  /// The coordinate of a value: `value(at:)` of it gives the value back. Listed values and integers are at the middle
  /// of their cells.
  ///
  /// - Precondition: the domain contains the value.
  package func coordinate(of value: JSONValue) -> Double {
    switch self {
    case .values(let values):
      guard let index = values.firstIndex(where: { $0.canonical == value.canonical }) else {
        preconditionFailure("\(value.excerpt) is not one of \(summary)")
      }
      return (Double(index) + 0.5) / Double(values.count)
    case .float(let range, let isLog, _):
      guard let value = value.double else { preconditionFailure("\(value.excerpt) is not a number") }
      return Self.position(value, in: range, log: isLog)
    case .integer(let range, let isLog, _):
      guard let value = value.int else { preconditionFailure("\(value.excerpt) is not a whole number") }
      guard isLog else { return Self.position(Double(value), in: Self.cells(range), log: false) }
      let middle = (log(Double(value) - 0.5) + log(Double(value) + 0.5)) / 2
      return Self.position(exp(middle), in: Self.cells(range), log: true)
    }
  }

  private static func cells(_ range: ClosedRange<Int>) -> ClosedRange<Double> {
    Double(range.lowerBound) - 0.5...Double(range.upperBound) + 0.5
  }

  /// The bounds are met exactly, whatever the rounding of logarithms.
  static func interpolate(_ range: ClosedRange<Double>, _ u: Double, log isLog: Bool) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    if u <= 0 { return low }
    if u >= 1 { return high }
    let value = isLog ? exp(log(low) * (1 - u) + log(high) * u) : low * (1 - u) + high * u
    return min(max(value, low), high)
  }

  private static func position(_ value: Double, in range: ClosedRange<Double>, log isLog: Bool) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    let u = isLog ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
    return min(max(u, 0), 1)
  }

  static func round(_ value: Double, into range: ClosedRange<Int>) -> Int {
    guard let value = Int(exactly: value.rounded()) else { return value < 0 ? range.lowerBound : range.upperBound }
    return min(max(value, range.lowerBound), range.upperBound)
  }
}
