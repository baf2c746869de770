import Foundation

/// -20 exp(-0.2 sqrt(mean x_i^2)) - exp(mean cos(2 pi x_i)) + 20 + e, usually on [-32.768, 32.768]^d. The minimum 0 is
/// at the origin, amid many local ones.
package enum Ackley: TestFunction {
  package static let dimensions: Int? = nil

  package static func value(_ x: [Double]) -> Double {
    let d = Double(x.count)
    let squares = x.reduce(0) { $0 + $1 * $1 } / d
    let cosines = x.reduce(0) { $0 + cos(2 * .pi * $1) } / d
    return -20 * exp(-0.2 * squares.squareRoot()) - exp(cosines) + 20 + exp(1)
  }
}
