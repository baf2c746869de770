import Foundation

/// How the learning rate goes with the steps.
public enum LearningRateSchedule: Hashable, Sendable {
  case constant
  /// From the whole rate to 0 at `steps`, along half a cosine wave.
  case cosine(steps: Int)

  /// The factor of the learning rate at a step, from 0.
  public func factor(step: Int) -> Double {
    switch self {
    case .constant: 1
    case .cosine(let steps): 0.5 * (1 + cos(Double.pi * Double(min(step, steps)) / Double(steps)))
    }
  }
}
