public import Probability
public import Tensors

/// SWA-Gaussian (Maddox et al. 2019, algorithm 1): the mean of the iterates, the variance of each parameter, and the last
/// K deviations of an iterate from the mean so far.
///
/// The paper keeps the second moment and subtracts the squared mean; here the mean squared deviation is kept, which is the
/// same number without the cancellation. Buffers: mean, variances, and then up to K deviations, the oldest overwritten
/// first. All parameters take part, the likelihood's too.
public struct SWAG: IterateCollector, Hashable {
  public var times: CollectionTimes
  /// K: how many deviations are kept.
  public var rank: Int

  public init(_ times: CollectionTimes, rank: Int = 20) {
    precondition(rank >= 2, "the low-rank part needs at least two deviations, got \(rank)")
    self.times = times
    self.rank = rank
  }

  public func initialBuffers<Scalar: TensorScalar>(count: Int) -> [Vector<Scalar>] {
    [Vector(count: count), Vector(count: count)]
  }

  public func isDue(after number: Int, of total: Int) -> Bool { times.isDue(after: number) }

  public func collect<Scalar: TensorScalar>(
    _ parameters: UnsafePointer<Scalar>, count: Int, into collected: inout CollectedIterates<Scalar>
  ) {
    defer { withExtendedLifetime(collected) {} }
    let mean = collected.buffers[0].unsafeMutablePointer()
    Scalar.runningMoments(
      parameters, mean: mean, variance: collected.buffers[1].unsafeMutablePointer(),
      weight: 1 / Scalar(collected.count + 1), count: count)
    let place = 2 + collected.count % rank
    if place == collected.buffers.count { collected.buffers.append(Vector(count: count)) }
    Scalar.subtract(
      parameters, UnsafePointer(mean), into: collected.buffers[place].unsafeMutablePointer(), count: count)
    collected.count += 1
  }

  /// The Gaussian of the iterates; nil before the second.
  public func posterior<Scalar: DensityScalar>(
    _ collected: CollectedIterates<Scalar>
  ) -> LowRankPlusDiagonal<Scalar>? {
    guard collected.count >= 2 else { return nil }
    return LowRankPlusDiagonal(
      mean: collected.buffers[0], variance: collected.buffers[1], deviations: Array(collected.buffers[2...]))
  }
}
