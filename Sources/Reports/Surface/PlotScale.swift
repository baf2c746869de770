import Foundation

/// An axis of a plot: which pixel a value has, and where it is labelled.
package struct PlotScale {
  package let range: ClosedRange<Double>
  let isLog: Bool
  /// Of the lower end and of the upper end; the first may be the larger one.
  let pixels: (Double, Double)

  package init(_ range: ClosedRange<Double>, isLog: Bool = false, pixels: (Double, Double)) {
    let isPoint = range.lowerBound == range.upperBound
    let room = isPoint ? max(abs(range.lowerBound) * 0.1, 1e-3) : 0
    self.range = range.lowerBound - room...range.upperBound + room
    self.isLog = isLog && self.range.lowerBound > 0
    self.pixels = pixels
  }

  package func pixel(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    let share = isLog ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
    return pixels.0 + (pixels.1 - pixels.0) * share
  }

  /// Round numbers inside the range, about five.
  package var ticks: [Double] {
    let (low, high) = (range.lowerBound, range.upperBound)
    return isLog ? Self.powers(low, high) : Self.steps(low, high)
  }

  /// 1, 2 and 5 times the powers of ten, or the powers alone where these are many; a short range has even steps.
  private static func powers(_ low: Double, _ high: Double) -> [Double] {
    let decades = log10(high / low)
    guard decades >= 0.7 else { return steps(low, high) }
    let every = max(1, Int((decades / 6).rounded(.up)))
    let factors: [Double] = decades < 2.5 ? [1, 2, 5] : [1]
    var ticks: [Double] = []
    for power in Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up)) where power % every == 0 {
      for factor in factors {
        let value = factor * pow(10, Double(power))
        if value >= low * (1 - 1e-9), value <= high * (1 + 1e-9) { ticks.append(value) }
      }
    }
    return ticks
  }

  private static func steps(_ low: Double, _ high: Double) -> [Double] {
    let rough = (high - low) / 5
    guard rough > 0, rough.isFinite else { return [] }
    let power = pow(10, log10(rough).rounded(.down))
    let factors: [Double] = [1, 2, 5, 10]
    let step = power * (factors.first { $0 * power >= rough * 0.9 } ?? 10)
    let first = Int((low / step).rounded(.up))
    let last = Int((high / step).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  static func label(_ value: Double) -> String { text(of: value, digits: 3).replacing("-", with: "−") }
}

/// Colours from dark, the worst, to light, the best; each step has the same lightness more than the one before, so that the
/// order can be seen in grey too.
enum ColorRamp {
  private static let stops: [(Double, Double, Double)] = [
    (48, 24, 92), (52, 78, 140), (34, 132, 140), (72, 181, 112), (170, 214, 64), (250, 235, 90),
  ]

  /// - Parameter share: From 0 to 1; cut outside.
  static func color(_ share: Double) -> String {
    let place = (share.isFinite ? min(max(share, 0), 1) : 0) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let part = place - Double(index)
    let (a, b) = (stops[index], stops[index + 1])
    func mixed(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * part).rounded()) }
    return String(format: "#%02x%02x%02x", mixed(a.0, b.0), mixed(a.1, b.1), mixed(a.2, b.2))
  }
}
