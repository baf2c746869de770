import Foundation

/// Pareto-smoothed importance weights (Vehtari, Simpson, Gelman, Yao and Gabry 2024; Vehtari, Gelman and Gabry 2017,
/// section 2.1).
///
/// The M = ceil(min(S / 5, 3 sqrt(S / r))) largest weights are replaced by the quantiles (z - 1/2) / M of a generalised
/// Pareto distribution fitted to them, and then truncated at the largest raw weight.
public struct ParetoSmoothedWeights: Hashable, Sendable {
  /// Below this shape the estimate can be trusted.
  public static let trustedShape = 0.7

  /// The logarithms of the smoothed weights, which sum to 1; in the order of the samples.
  public let logWeights: [Double]
  /// k-hat, the shape of the tail; infinite where the tail has fewer than five different values or cannot be fitted,
  /// and the weights are then not smoothed.
  public let shape: Double

  /// - Parameters:
  ///   - logRatios: The logarithms of the raw weights.
  ///   - relativeEfficiency: r, the effective share of the samples where they depend on each other.
  public init(logRatios: [Double], relativeEfficiency: Double = 1) {
    let count = logRatios.count
    precondition(count >= 1, "weights need at least one sample")
    precondition(relativeEfficiency > 0, "an efficiency is positive, got \(relativeEfficiency)")
    guard let largest = logRatios.max(), !logRatios.contains(where: \.isNaN), largest.isFinite else {
      logWeights = Array(repeating: .nan, count: count)
      shape = .nan
      return
    }
    var weights = logRatios.map { $0 - largest }
    let tail = Int(min(Double(count) / 5, 3 * (Double(count) / relativeEfficiency).squareRoot()).rounded(.up))
    let order = weights.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }
    var fitted = Double.infinity
    if tail >= 5 && tail < count {
      // The weight before the tail, and no subnormal number.
      let cutoff = max(weights[order[count - tail - 1]], log(Double.leastNormalMagnitude))
      let members = order.suffix(tail).filter { weights[$0] > cutoff }
      if members.count >= 5 {
        let base = exp(cutoff)
        let pareto = GeneralizedPareto(fitting: members.map { exp(weights[$0]) - base })
        if pareto.shape.isFinite && pareto.scale > 0 {
          fitted = pareto.shape
          for (place, index) in members.enumerated() {
            let smoothed = pareto.quantile((Double(place) + 0.5) / Double(members.count))
            weights[index] = min(0, log(smoothed + base))
          }
        }
      }
    }
    let total = logSumExp(weights)
    logWeights = weights.map { $0 - total }
    shape = fitted
  }
}
