import Foundation

/// A monotone map from raw outcomes, large when good, to the scale that the process models: mean 0, variance 1, and no
/// long tail of bad outcomes.
///
/// With t = best - y, the bad side is compressed as -c log(1 + t / c), which is linear close to the best outcome, with
/// slope 1 at it, and a logarithm far from it; beyond the best it stays linear. c is the one of greatest Gaussian
/// likelihood, the Jacobian included (as Box and Cox 1964 choose theirs), and at least the median of t and a
/// thirtieth of its ninth decile: a search gathers outcomes close to the best, and a logarithm among these would make a
/// smooth optimum a cusp. Without clear gain there is no compression. Outcomes that still lie far out are then cut
/// off at Tukey's outer fence. The good side is never bent: how precisely the optimum is found depends on it.
public struct OutcomeTransform: Hashable, Sendable {
  /// A power of two that outcomes are divided by first, so that no square overflows.
  private var unit = 1.0
  private var best = 0.0
  /// Outcomes below this, and those that are not finite, count as this.
  private var worst = 0.0
  /// c; infinite where nothing is compressed.
  private var softness = Double.infinity
  private var location = 0.0
  private var scale = 1.0

  /// - Parameter outcomes: Raw outcomes; any, also none, equal ones, and ones that are not finite.
  public init(fitting outcomes: [Double]) {
    let finite = outcomes.filter(\.isFinite)
    guard let largest = finite.lazy.map({ abs($0) }).max() else { return }
    unit = largest > 0 && largest.isNormal ? Double(sign: .plus, exponent: largest.exponent, significand: 1) : 1
    let scaled = finite.map { $0 / unit }.sorted()
    best = scaled[scaled.count - 1]
    worst = scaled[0]
    let distances = scaled.reversed().map { best - $0 }
    softness = Self.softness(distances)
    // What is not finite counts as the worst, and pulls on the scale too.
    var values = outcomes.map { warp($0) }
    let sorted = values.sorted()
    let (low, high) = (Self.quantile(sorted, 0.25), Self.quantile(sorted, 0.75))
    let fence = low - 3 * (high - low)
    if high > low, sorted[0] < fence {
      worst = max(worst, best - unwarpDistance(fence))
      values = outcomes.map { warp($0) }
    }
    location = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - location) * ($1 - location) } / Double(max(1, values.count - 1))
    // Differences within the rounding of the outcomes are none.
    let deviation = variance.squareRoot()
    scale = deviation > 1e-14 * max(abs(best), abs(worst)) && deviation.isFinite ? deviation : 1
  }

  /// The outcome on the scale of the process.
  public func apply(_ outcome: Double) -> Double { (warp(outcome) - location) / scale }

  public func apply(_ outcomes: [Double]) -> [Double] { outcomes.map { apply($0) } }

  /// d apply / d outcome, by which known standard errors are multiplied. Outcomes that are cut off keep the slope at
  /// the fence: 0 would make them look certain.
  public func slope(at outcome: Double) -> Double {
    let y = outcome.isFinite ? max(outcome / unit, worst) : worst
    return slope(distance: best - y) / (scale * unit)
  }

  /// The outcome of a value on the scale of the process.
  public func inverse(_ value: Double) -> Double { (best - unwarpDistance(location + scale * value)) * unit }

  /// The outcome and its standard deviation, by the slope of the inverse at the mean.
  public func inverse(mean: Double, standardDeviation: Double) -> (mean: Double, standardDeviation: Double) {
    let distance = unwarpDistance(location + scale * mean)
    return ((best - distance) * unit, standardDeviation * scale * unit / slope(distance: distance))
  }

  /// Whether bad outcomes are compressed.
  public var isCompressing: Bool { softness.isFinite }

  // MARK: The compression

  private func warp(_ outcome: Double) -> Double {
    let y = outcome.isFinite ? max(outcome / unit, worst) : worst
    return Self.warp(best - y, softness)
  }

  private static func warp(_ distance: Double, _ softness: Double) -> Double {
    distance > 0 && softness.isFinite ? -softness * log1p(distance / softness) : -distance
  }

  private func unwarpDistance(_ warped: Double) -> Double {
    warped < 0 && softness.isFinite ? softness * expm1(-warped / softness) : -warped
  }

  private func slope(distance: Double) -> Double {
    distance > 0 && softness.isFinite ? 1 / (1 + distance / softness) : 1
  }

  /// c by maximum likelihood over a grid; `distances` ascend.
  private static func softness(_ distances: [Double]) -> Double {
    guard distances.count >= 5, let range = distances.last, range > 0 else { return .infinity }
    let smallest = max(quantile(distances, 0.5), quantile(distances, 0.9) / 30, 1e-9 * range)
    func logLikelihood(_ c: Double) -> Double {
      var (sum, squares, jacobian) = (0.0, 0.0, 0.0)
      for t in distances {
        let value = warp(t, c)
        sum += value
        squares += value * value
        if c.isFinite { jacobian -= log1p(t / c) }
      }
      let n = Double(distances.count)
      let variance = squares / n - (sum / n) * (sum / n)
      return variance > 0 ? -0.5 * n * log(variance) + jacobian : -.infinity
    }
    var (best, softness) = (logLikelihood(.infinity) + 2, Double.infinity)
    var c = range
    while true {
      let candidate = max(c, smallest)
      let value = logLikelihood(candidate)
      if value > best { (best, softness) = (value, candidate) }
      if c <= smallest { return softness }
      c /= 2
    }
  }

  /// Linear interpolation between sorted values.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}
