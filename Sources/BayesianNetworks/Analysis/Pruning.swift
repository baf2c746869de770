import Foundation
public import Probability
public import Tensors

/// Which weights of a trained network carry information, by their posterior's means and scales.
///
/// Weights are pruned in the order of their signal-to-noise ratio |mean| / scale, the lowest first (Blundell, Cornebise,
/// Kavukcuoglu and Wierstra 2015, section 5.1). Graves 2011 prunes a weight where its density at 0 relative to its peak,
/// exp(-mean^2 / (2 scale^2)), exceeds a threshold. That ratio falls as the signal-to-noise ratio rises, so that both have
/// the same order, and a threshold of one is a threshold of the other. Biases count as weights.
public struct Pruning: Sendable {
  public let network: Network
  /// |mean| / scale of every weight; infinite for a scale of 0, and 0 for a mean of 0.
  public let signalToNoise: [Double]

  /// - Parameters:
  ///   - mean: The weights' means, layer after layer. Numbers after them, as the likelihood's own, are not looked at.
  ///   - scale: Their standard deviations.
  public init<Scalar: TensorScalar>(mean: Vector<Scalar>, scale: Vector<Scalar>, network: Network) {
    let count = network.parameterCount
    precondition(
      mean.count >= count && scale.count >= count,
      "\(mean.count) means and \(scale.count) scales are too few for a network of \(count) weights")
    self.network = network
    signalToNoise = zip(mean[0..<count].doubles, scale[0..<count].doubles).map { mean, scale in
      mean == 0 ? 0 : mean.magnitude / scale
    }
  }

  /// The weights of any posterior that has moments: see `Posterior.weightMoments`.
  public init<Scalar: DensityScalar>(_ moments: WeightMoments<Scalar>, network: Network) {
    self.init(mean: moments.mean, scale: moments.scale, network: network)
  }

  public init<Scalar: TensorScalar>(_ weights: DiagonalGaussian<Scalar>, network: Network) {
    self.init(mean: weights.mean, scale: weights.scale, network: network)
  }

  /// Graves's ratio exp(-mean^2 / (2 scale^2)) of a signal-to-noise ratio.
  public static func gravesRatio(signalToNoise: Double) -> Double { exp(-0.5 * signalToNoise * signalToNoise) }

  /// The signal-to-noise ratio of Graves's ratio, in (0, 1].
  public static func signalToNoise(gravesRatio: Double) -> Double {
    precondition(gravesRatio > 0 && gravesRatio <= 1, "Graves's ratio lies in (0, 1], got \(gravesRatio)")
    return (-2 * log(gravesRatio)).squareRoot()
  }

  /// The numbers of all weights in the order in which they are pruned; equals in the order of their numbers. This sorts
  /// all weights, which `mask(fraction:)` does not need.
  public var order: [Int] {
    signalToNoise.indices.sorted { (signalToNoise[$0], $0) < (signalToNoise[$1], $1) }
  }

  /// The weights with the lowest signal-to-noise ratios: the given fraction of all, rounded to a whole number. Of equals
  /// those that come first are taken.
  public func mask(fraction: Double) -> PruningMask {
    precondition(fraction >= 0 && fraction <= 1, "the fraction of pruned weights lies in [0, 1], got \(fraction)")
    let count = Int((fraction * Double(signalToNoise.count)).rounded())
    guard count > 0 else { return PruningMask(isPruned: signalToNoise.map { _ in false }, network: network) }
    let (threshold, below) = Selection(signalToNoise).threshold(count: count)
    var equals = count - below
    let isPruned = signalToNoise.map { ratio in
      if ratio < threshold { return true }
      guard ratio == threshold || threshold.isNaN, equals > 0 else { return false }
      equals -= 1
      return true
    }
    return PruningMask(isPruned: isPruned, network: network)
  }

  /// The weights with a signal-to-noise ratio below a threshold.
  public func mask(signalToNoiseBelow threshold: Double) -> PruningMask {
    PruningMask(isPruned: signalToNoise.map { $0 < threshold }, network: network)
  }

  /// The weights for which Graves's ratio exceeds a threshold in (0, 1].
  public func mask(gravesRatioAbove threshold: Double) -> PruningMask {
    mask(signalToNoiseBelow: Self.signalToNoise(gravesRatio: threshold))
  }

  /// The greatest signal-to-noise ratio among pruned weights; nil where there is none.
  func largestPruned(_ mask: PruningMask) -> Double? {
    var largest: Double?
    for (index, isPruned) in mask.isPruned.enumerated() where isPruned {
      largest = max(largest ?? 0, signalToNoise[index])
    }
    return largest
  }
}
