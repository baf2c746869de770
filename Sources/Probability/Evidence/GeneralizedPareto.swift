import Foundation

/// The generalised Pareto distribution above 0: P(X > x) = (1 + shape x / scale)^(-1/shape).
public struct GeneralizedPareto: Hashable, Sendable {
  /// k; moments of order 1/k and above do not exist.
  public var shape: Double
  /// sigma
  public var scale: Double

  public init(shape: Double, scale: Double) {
    self.shape = shape
    self.scale = scale
  }

  /// The empirical Bayes estimate of Zhang and Stephens 2009, with the weak prior of Vehtari, Gelman and Gabry 2017
  /// that pulls the shape towards 1/2 with the weight of ten points: k <- (n k + 5) / (n + 10). Not finite where the
  /// values are too equal to be fitted.
  ///
  /// - Parameter excesses: Values above 0 in increasing order.
  public init(fitting excesses: [Double]) {
    let n = excesses.count
    precondition(n >= 5, "a generalised Pareto distribution is fitted to five values at least, got \(n)")
    let candidates = 30 + Int(Double(n).squareRoot())
    let quartile = excesses[Int(Double(n) / 4 + 0.5) - 1]
    guard let largest = excesses.last, quartile > 0, largest.isFinite else {
      self.init(shape: .nan, scale: .nan)
      return
    }
    /// The shape that belongs to a value of -k / sigma: the maximum likelihood for that value.
    func shape(_ b: Double) -> Double { excesses.reduce(0) { $0 + log1p(-b * $1) } / Double(n) }
    let grid = (1...candidates).map { j in
      1 / largest + (1 - (Double(candidates) / (Double(j) - 0.5)).squareRoot()) / (3 * quartile)
    }
    let profile = grid.map { b in
      let k = shape(b)
      return Double(n) * (log(-b / k) - k - 1)
    }
    let total = logSumExp(profile)
    var (mass, mean) = (0.0, 0.0)
    for (b, value) in zip(grid, profile) {
      // Negligible weights are left out, as in the reference implementations.
      let weight = exp(value - total)
      guard weight >= 10 * Double.ulpOfOne else { continue }
      mass += weight
      mean += weight * b
    }
    let b = mean / mass
    let k = shape(b)
    self.init(shape: (Double(n) * k + 5) / (Double(n) + 10), scale: -k / b)
  }

  /// The value below which the distribution has this probability, in [0, 1).
  public func quantile(_ probability: Double) -> Double {
    let exponential = -log1p(-probability)
    return scale * (shape.magnitude < Double.ulpOfOne ? exponential : expm1(shape * exponential) / shape)
  }
}
