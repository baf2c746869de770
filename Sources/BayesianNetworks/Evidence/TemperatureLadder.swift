import Foundation

/// Inverse temperatures 0 = t_0 < t_1 < ... < t_n = 1 of the densities p(w) p(D | w)^t between a prior and a posterior.
public struct TemperatureLadder: Hashable, Sendable {
  public let values: [Double]

  /// - Parameter values: Increasing, from 0 to 1.
  public init(_ values: [Double]) {
    precondition(
      values.count >= 2 && values[0] == 0 && values.last == 1 && zip(values, values.dropFirst()).allSatisfy { $0 < $1 },
      "a temperature ladder increases from 0 to 1")
    self.values = values
  }

  /// n
  public var steps: Int { values.count - 1 }

  /// t_0 = 0, then from `smallest` to 1 with equal ratios: a Gaussian posterior changes by the same amount in each. The
  /// log likelihood's standard deviation under the prior, times `smallest`, should be below 1.
  public static func geometric(steps: Int, smallest: Double = 1e-5) -> TemperatureLadder {
    precondition(steps >= 1 && smallest > 0 && smallest < 1, "no ladder of \(steps) steps from \(smallest)")
    let rest = (1..<max(1, steps)).map { index in
      exp(log(smallest) * Double(steps - index) / Double(max(1, steps - 1)))
    }
    return TemperatureLadder([0] + rest + [1])
  }

  /// Fine at both ends: a logistic function of -delta ... delta, stretched to 0 ... 1 (Grosse, Ghahramani and Adams
  /// 2015; Wu, Burda, Salakhutdinov and Grosse 2017). With much data it is too coarse near the prior.
  public static func sigmoidal(steps: Int, delta: Double = 4) -> TemperatureLadder {
    precondition(steps >= 1 && delta > 0, "no sigmoidal ladder of \(steps) steps with delta \(delta)")
    let logistic = (0...steps).map { 1 / (1 + exp(delta * (1 - 2 * Double($0) / Double(steps)))) }
    let (low, high) = (logistic[0], logistic[steps])
    return TemperatureLadder([0] + logistic[1..<steps].map { ($0 - low) / (high - low) } + [1])
  }
}
