import Foundation
public import Tensors

/// The logarithm of a density, up to a constant, at a position; writes its derivatives. A position outside the support
/// has -infinity.
public typealias LogDensityGradient = (
  _ position: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>
) -> Double

/// Hamiltonian Monte Carlo with unit masses (Duane, Kennedy, Pendleton and Roweth 1987; Neal 2011): a momentum
/// p ~ N(0, I), leapfrog steps
///
///     p <- p + e/2 grad log f(x);   x <- x + e p;   p <- p + e/2 grad log f(x)
///
/// and acceptance of the end with probability min(1, exp(H(start) - H(end))), H = -log f(x) + |p|^2 / 2.
public struct HamiltonianMonteCarlo: Hashable, Sendable {
  /// e
  public var stepSize: Double
  /// Leapfrog steps of one transition, each with one gradient.
  public var leapfrogSteps: Int
  /// Every transition uses e times a number uniform in [1 - jitter, 1 + jitter], so that no trajectory closes on itself
  /// again and again.
  public var jitter: Double

  public init(stepSize: Double = 0.1, leapfrogSteps: Int = 10, jitter: Double = 0.2) {
    precondition(
      stepSize > 0 && leapfrogSteps >= 1, "\(leapfrogSteps) leapfrog steps of size \(stepSize) cannot be made")
    precondition(jitter >= 0 && jitter < 1, "the jitter of a step size is in [0, 1), got \(jitter)")
    self.stepSize = stepSize
    self.leapfrogSteps = leapfrogSteps
    self.jitter = jitter
  }

  /// Where a chain is. Holds the memory of a transition too, so that none is allocated.
  public struct State: Sendable {
    public fileprivate(set) var position: Vector<Double>
    /// log f(position)
    public fileprivate(set) var logDensity: Double
    fileprivate var gradient: Vector<Double>
    fileprivate var momentum: Vector<Double>
    fileprivate var nextPosition: Vector<Double>
    fileprivate var nextGradient: Vector<Double>

    public init(_ position: Vector<Double>, _ density: LogDensityGradient) {
      self.position = position
      gradient = Vector(count: position.count)
      momentum = gradient
      nextPosition = gradient
      nextGradient = gradient
      logDensity = density(position.unsafePointer, gradient.unsafeMutablePointer())
    }

    /// Computes log f and its gradient again, for a density that has changed.
    public mutating func evaluate(_ density: LogDensityGradient) {
      logDensity = density(position.unsafePointer, gradient.unsafeMutablePointer())
    }
  }

  /// What became of a transition.
  public struct Outcome: Hashable, Sendable {
    /// min(1, exp(H(start) - H(end))); 0 where the trajectory left the numbers.
    public var acceptance: Double
    public var isAccepted: Bool
  }

  /// One transition, which leaves f invariant.
  public func transition(_ state: inout State, key: RandomKey, _ density: LogDensityGradient) -> Outcome {
    let count = state.position.count
    let step = stepSize * (1 + jitter * (2 * uniform(key, 0) - 1))
    let momentum = state.momentum.unsafeMutablePointer()
    let position = state.nextPosition.unsafeMutablePointer()
    let gradient = state.nextGradient.unsafeMutablePointer()
    fillNormal(key.folded(0), into: momentum, count: count)
    Double.copy(state.position.unsafePointer, into: position, count: count)
    Double.copy(state.gradient.unsafePointer, into: gradient, count: count)
    let before = state.logDensity - 0.5 * Double.sumOfSquares(momentum, count: count)
    Double.axpy(0.5 * step, gradient, momentum, count: count)
    var logDensity = state.logDensity
    for index in 1...leapfrogSteps {
      Double.axpy(step, momentum, position, count: count)
      logDensity = density(position, gradient)
      Double.axpy(index == leapfrogSteps ? 0.5 * step : step, gradient, momentum, count: count)
    }
    let after = logDensity - 0.5 * Double.sumOfSquares(momentum, count: count)
    let difference = after - before
    // NaN is a rejection; a start of density 0 accepts any end that has some.
    let acceptance = difference.isNaN ? 0 : min(1, exp(difference))
    let isAccepted = uniform(key, 1) < acceptance
    if isAccepted {
      swap(&state.position, &state.nextPosition)
      swap(&state.gradient, &state.nextGradient)
      state.logDensity = logDensity
    }
    return Outcome(acceptance: acceptance, isAccepted: isAccepted)
  }

  /// Standard normal numbers. The vectorised kernel draws 256 at a time, which for a few weights would take longer than
  /// the leapfrog steps: those are drawn in pairs (Box and Muller 1958).
  private func fillNormal(_ key: RandomKey, into out: UnsafeMutablePointer<Double>, count: Int) {
    if count >= 128 { return Double.fillNormal(key, offset: 0, into: out, count: count) }
    for i in stride(from: 0, to: count, by: 2) {
      let radius = (-2 * log(1 - uniform(key, UInt64(i)))).squareRoot()
      let angle = 2 * Double.pi * uniform(key, UInt64(i + 1))
      out[i] = radius * cos(angle)
      if i + 1 < count { out[i + 1] = radius * sin(angle) }
    }
  }

  /// Uniform in [0, 1), from a counter of the key itself.
  private func uniform(_ key: RandomKey, _ counter: UInt64) -> Double {
    Double(key.bits(counter) >> 11) * 0x1p-53
  }
}
