public import Probability
public import Tensors

/// A posterior with some weights replaced by 0 without uncertainty: mean and scale 0. The other weights of a sample are
/// those of the whole posterior's sample with the same index and key.
public struct PrunedPosterior<Scalar: DensityScalar>: Posterior {
  public let whole: any Posterior<Scalar>
  public let mask: PruningMask
  private let ranges: [Range<Int>]

  public init(_ whole: any Posterior<Scalar>, mask: PruningMask) {
    precondition(
      mask.isPruned.count <= whole.count, "a mask of \(mask.isPruned.count) for a posterior over \(whole.count) numbers"
    )
    self.whole = whole
    self.mask = mask
    ranges = mask.ranges
  }

  public var count: Int { whole.count }
  public var distinctSamples: Int? { whole.distinctSamples }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    whole.sample(index, key: key, into: weights)
    for range in ranges { Scalar.fill(weights + range.lowerBound, with: 0, count: range.count) }
  }
}
