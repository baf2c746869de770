import Foundation

/// The cycles of cyclical SGLD (Zhang et al. 2020, eq. 1 and algorithm 1). Each begins with the whole learning rate and
/// descends without noise (exploration); then the rate is small and noise is added (sampling).
public struct LangevinCycles: Hashable, Sendable {
  /// M
  public var cycles: Int
  /// beta: the part of a cycle that explores.
  public var exploration: Double

  public init(cycles: Int, exploration: Double = 0.8) {
    precondition(cycles >= 1, "there must be at least one cycle, got \(cycles)")
    precondition(exploration >= 0 && exploration < 1, "the exploring part must be in [0, 1), got \(exploration)")
    self.cycles = cycles
    self.exploration = exploration
  }

  /// Steps of a cycle: ceil(K / M) for K steps in all.
  public func period(total: Int) -> Int { max(1, total / cycles + (total % cycles == 0 ? 0 : 1)) }

  /// The steps at the start of each cycle that explore.
  public func explorationSteps(total: Int) -> Int {
    let period = Double(period(total: total))
    // The first k with k / period >= exploration; at least one step of a cycle samples.
    return min(Int((exploration * period).rounded(.up)), Int(period) - 1)
  }

  /// Whether a step, from 0, adds noise.
  public func isSampling(step: Int, total: Int) -> Bool {
    step % period(total: total) >= explorationSteps(total: total)
  }

  /// The factor of the learning rate at a step, from 0: [cos(pi (step mod P) / P) + 1] / 2.
  public func rateFactor(step: Int, total: Int) -> Double {
    let period = period(total: total)
    return 0.5 * (cos(Double.pi * Double(step % period) / Double(period)) + 1)
  }
}
