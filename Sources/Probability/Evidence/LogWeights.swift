import Foundation

/// The logarithms of importance weights w_s: log p(D, theta_s) - log q(theta_s) for samples of q, the weights of
/// annealed chains, or log p(D | theta_s) for samples of the prior. Their mean estimates p(D) without bias.
public struct LogWeights: Hashable, Sendable {
  public let values: [Double]

  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "weights need at least one sample")
    self.values = values
  }

  /// log((1/S) sum_s w_s), with the standard error by the delta method: sd(w) / (sqrt(S) mean(w)).
  ///
  /// The logarithm of a mean lies too low by about half its squared error. With few effective samples both value and
  /// error are too small; see `effectiveSampleSize` and `ParetoSmoothedWeights.shape`.
  public var logMean: Estimate {
    let value = logMeanExp(values)
    guard values.count > 1 else { return Estimate(value) }
    guard value.isFinite else { return Estimate(value, standardError: value == -.infinity ? 0 : .nan) }
    let s = Double(values.count)
    let squares = values.reduce(0) { sum, weight in
      let difference = exp(weight - value) - 1
      return sum + difference * difference
    }
    return Estimate(value, standardError: (squares / (s - 1) / s).squareRoot())
  }

  /// Like `logMean`, with bias and standard error by the jackknife (Efron and Stein 1981): with theta_-s the value
  /// without weight s, S theta - (S - 1) mean(theta_-s) and sqrt((S - 1) / S sum_s (theta_-s - mean(theta_-s))^2).
  public var jackknifedLogMean: Estimate {
    let count = values.count
    let value = logMeanExp(values)
    guard count > 1, value.isFinite else { return logMean }
    let s = Double(count)
    // Sums from both ends, so that leaving out the dominant weight does not cancel.
    var after = Array(repeating: -Double.infinity, count: count + 1)
    var sum = RunningLogSumExp()
    for index in values.indices.reversed() {
      sum.add(values[index])
      after[index] = sum.value
    }
    var before = RunningLogSumExp()
    let leftOut = values.indices.map { index in
      let rest = logSumExp([before.value, after[index + 1]]) - log(s - 1)
      before.add(values[index])
      return rest
    }
    let mean = leftOut.reduce(0, +) / s
    // One weight holds everything: without it nothing is left.
    guard mean.isFinite else { return Estimate(value, standardError: .infinity) }
    let squares = leftOut.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Estimate(s * value - (s - 1) * mean, standardError: ((s - 1) / s * squares).squareRoot())
  }

  /// (sum w)^2 / sum w^2, between 1 and S (Kong 1992).
  public var effectiveSampleSize: Double {
    let total = logSumExp(values)
    guard total > -.infinity else { return 0 }
    return exp(2 * total - logSumExp(values.lazy.map { 2 * $0 }))
  }

  /// The weights divided by their sum.
  public var normalized: [Double] {
    let total = logSumExp(values)
    return values.map { exp($0 - total) }
  }

  /// The importance-weighted bound (Burda, Grosse and Salakhutdinov 2016, eq. 8) with k samples:
  /// L_k = E log((1/k) sum_{j <= k} w_j). L_1 is the evidence lower bound; L_k grows with k towards log p(D).
  ///
  /// The mean over the S / k groups of k successive weights and its standard error over the groups; weights that do not
  /// fill a group are left out.
  public func importanceWeightedBound(samples k: Int) -> Estimate {
    precondition(k >= 1 && k <= values.count, "a bound of \(k) samples from \(values.count) weights")
    return .mean((0..<(values.count / k)).map { logMeanExp(values[($0 * k)..<(($0 + 1) * k)]) })
  }
}
