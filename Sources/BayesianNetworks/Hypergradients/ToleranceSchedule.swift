import Foundation

/// How exactly the inner problems of implicit differentiation are solved at each step of the hyperparameters. The search
/// converges where the tolerances have a finite sum (Pedregosa 2016, theorem 2).
package enum ToleranceSchedule: Hashable, Sendable {
  case constant(Double)
  /// initial / (k + 1)^power with the step k from 0; a power of 2 or 3 in the paper.
  case polynomial(initial: Double, power: Double = 2)
  /// initial x factor^k; a factor of 0.9 in the paper.
  case exponential(initial: Double, factor: Double = 0.9)

  /// Never below what single precision can reach.
  static let smallest = 1e-12

  package func tolerance(step: Int) -> Double {
    let value =
      switch self {
      case .constant(let value): value
      case .polynomial(let initial, let power): initial / pow(Double(step + 1), power)
      case .exponential(let initial, let factor): initial * pow(factor, Double(step))
      }
    return max(value, Self.smallest)
  }

  func check() throws(HypergradientError) {
    let (first, shape) =
      switch self {
      case .constant(let value): (value, true)
      case .polynomial(let initial, let power): (initial, power >= 0)
      case .exponential(let initial, let factor): (initial, factor > 0 && factor <= 1)
      }
    guard first.isFinite, first > 0, shape else {
      throw .badSetting(
        name: "the tolerance schedule", found: "\(self)", expected: "numbers above 0 that do not increase")
    }
  }
}
