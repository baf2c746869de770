/// A factor that rises linearly from `start` to 1 over some steps: for the complexity, whose whole weight at the start
/// keeps some networks from learning anything (Sonderby et al. 2016).
public struct Warmup: Hashable, Sendable {
  public var start: Double
  public var steps: Int

  public init(from start: Double = 0, steps: Int) {
    precondition(steps >= 0, "the warm-up must have 0 steps or more, got \(steps)")
    self.start = start
    self.steps = steps
  }

  /// 1 from the first step on.
  public static let none = Warmup(from: 1, steps: 0)

  /// The factor at a step, from 0: `start` at step 0, and 1 from step `steps` on.
  public func factor(step: Int) -> Double {
    guard step < steps else { return 1 }
    return start + (1 - start) * Double(step) / Double(steps)
  }
}
