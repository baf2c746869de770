import Foundation

/// Dual averaging of the logarithm of a step size towards an acceptance rate (Hoffman and Gelman 2014, section 3.2,
/// with their gamma = 0.05, t0 = 10, kappa = 0.75). A chain whose step size still adapts does not have the right
/// distribution: adapt first, then sample with `average`.
public struct StepSizeAdaptation: Hashable, Sendable {
  public let target: Double
  /// The step size to try next.
  public private(set) var current: Double
  private let center: Double
  private var updates = 0.0
  private var error = 0.0
  private var logAverage = 0.0

  public init(initial: Double, target: Double = 0.8) {
    precondition(
      initial > 0 && target > 0 && target < 1, "a step size of \(initial) cannot adapt to a rate of \(target)")
    self.target = target
    current = initial
    center = log(10 * initial)
  }

  /// - Parameter acceptance: The acceptance probability of a transition with `current`.
  public mutating func update(acceptance: Double) {
    updates += 1
    error += (target - acceptance - error) / (updates + 10)
    let logStep = center - updates.squareRoot() / 0.05 * error
    logAverage += pow(updates, -0.75) * (logStep - logAverage)
    current = exp(logStep)
  }

  /// The step size to keep.
  public var average: Double { updates == 0 ? current : exp(logAverage) }
}
