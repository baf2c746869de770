import Foundation

/// A monotone map of [0, 1] onto itself, w(x) = 1 - (1 - x^a)^b: the distribution function of Kumaraswamy, which comes
/// close to that of the beta distribution (Snoek, Swersky, Zemel and Adams 2014 warp inputs with the latter).
public struct KumaraswamyWarp: Hashable, Sendable {
  public var a: Double
  public var b: Double

  public init(a: Double = 1, b: Double = 1) {
    self.a = a
    self.b = b
  }

  public static let identity = KumaraswamyWarp()

  /// The slopes at 0 and 1 may be infinite: closer to them than this, the slope here is used.
  static let margin = 1e-6

  /// w(x), with its derivatives with respect to x, log a and log b.
  struct Derivatives {
    var value, input, logA, logB: Double
  }

  public func callAsFunction(_ x: Double) -> Double {
    let bounded = min(max(x, 0), 1)
    return self == .identity ? bounded : -expm1(b * log(-expm1(a * log(bounded))))
  }

  func derivatives(_ x: Double) -> Derivatives {
    let inside = min(max(x, Self.margin), 1 - Self.margin)
    let logX = log(inside)
    let power = exp(a * logX)  // x^a
    let rest = -expm1(a * logX)  // 1 - x^a
    let logRest = log(rest)
    let tail = exp(b * logRest)  // (1 - x^a)^b
    // d(1 - (1 - p)^b) / dp = b (1 - p)^(b - 1)
    let outer = b * tail / rest
    return Derivatives(
      value: self(x), input: outer * a * power / inside, logA: outer * power * a * logX,
      logB: -tail * b * logRest)
  }
}
