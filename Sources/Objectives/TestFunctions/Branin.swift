import Foundation

/// (x2 - b x1^2 + c x1 - 6)^2 + 10 (1 - t) cos x1 + 10 with b = 5.1 / (4 pi^2), c = 5 / pi, t = 1 / (8 pi), usually on
/// x1 in [-5, 10], x2 in [0, 15]. The minimum 0.397887 is at (-pi, 12.275), (pi, 2.275) and (9.42478, 2.475).
package enum Branin: TestFunction {
  package static let dimensions: Int? = 2

  package static func value(_ x: [Double]) -> Double {
    let (x1, x2) = (x[0], x[1])
    let root = x2 - 5.1 / (4 * .pi * .pi) * x1 * x1 + 5 / .pi * x1 - 6
    return root * root + 10 * (1 - 1 / (8 * .pi)) * cos(x1) + 10
  }
}
