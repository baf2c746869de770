import Foundation

/// How the learning rate goes with the steps: a shape, after an optional linear warm-up. A pure function of the step.
public struct LearningRateSchedule: Hashable, Sendable {
  public enum Shape: Hashable, Sendable {
    case constant
    /// Times `factor` after every so many steps.
    case step(every: Int, factor: Double)
    /// From the whole rate to 0 at step `steps` of the training, along half a cosine wave; 0 afterwards.
    case cosine(steps: Int)
    /// Half a cosine wave from the whole rate towards 0, again and again (Loshchilov and Hutter 2017).
    case cyclical(period: Int)
  }

  public var shape: Shape
  /// Steps of a linear rise from rate / warmup to the rate. The shape begins after them.
  public var warmup: Int

  public init(_ shape: Shape = .constant, warmup: Int = 0) {
    precondition(warmup >= 0, "the warm-up must have 0 steps or more, got \(warmup)")
    switch shape {
    case .constant: break
    case .step(let every, let factor):
      precondition(every >= 1 && factor >= 0, "the rate cannot be multiplied by \(factor) after every \(every) steps")
    case .cosine(let steps): precondition(steps >= 1, "a cosine schedule needs at least one step, got \(steps)")
    case .cyclical(let period): precondition(period >= 1, "a cycle needs at least one step, got \(period)")
    }
    self.shape = shape
    self.warmup = warmup
  }

  public static let constant = LearningRateSchedule()

  public static func step(every: Int, factor: Double, warmup: Int = 0) -> LearningRateSchedule {
    LearningRateSchedule(.step(every: every, factor: factor), warmup: warmup)
  }

  public static func cosine(steps: Int, warmup: Int = 0) -> LearningRateSchedule {
    LearningRateSchedule(.cosine(steps: steps), warmup: warmup)
  }

  public static func cyclical(period: Int, warmup: Int = 0) -> LearningRateSchedule {
    LearningRateSchedule(.cyclical(period: period), warmup: warmup)
  }

  /// The factor of the learning rate at a step, from 0.
  public func factor(step: Int) -> Double {
    if step < warmup { return Double(step + 1) / Double(warmup) }
    let elapsed = step - warmup
    switch shape {
    case .constant: return 1
    case .step(let every, let factor): return pow(factor, Double(elapsed / every))
    case .cosine(let steps):
      // The warm-up is a part of the steps.
      let length = max(1, steps - warmup)
      return halfCosine(Double(min(elapsed, length)) / Double(length))
    case .cyclical(let period): return halfCosine(Double(elapsed % period) / Double(period))
    }
  }

  private func halfCosine(_ part: Double) -> Double { 0.5 * (1 + cos(Double.pi * part)) }
}
