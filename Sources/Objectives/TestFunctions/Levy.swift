import Foundation

/// With w_i = 1 + (x_i - 1) / 4: sin^2(pi w_1) + sum over i < d of (w_i - 1)^2 (1 + 10 sin^2(pi w_i + 1))
/// + (w_d - 1)^2 (1 + sin^2(2 pi w_d)), usually on [-10, 10]^d. The minimum 0 is at (1, ..., 1).
package enum Levy: TestFunction {
  package static let dimensions: Int? = nil

  package static func value(_ x: [Double]) -> Double {
    let w = x.map { 1 + ($0 - 1) / 4 }
    let last = w[w.count - 1]
    var sum = square(sin(.pi * w[0]))
    for value in w.dropLast() { sum += square(value - 1) * (1 + 10 * square(sin(.pi * value + 1))) }
    return sum + square(last - 1) * (1 + square(sin(2 * .pi * last)))
  }

  private static func square(_ x: Double) -> Double { x * x }
}
