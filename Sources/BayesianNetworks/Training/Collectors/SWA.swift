public import Probability
public import Tensors

/// Stochastic weight averaging (Izmailov et al. 2018, algorithm 1): the mean of the collected iterates. Works best with a
/// high constant or cyclical learning rate.
public struct SWA: IterateCollector, Hashable {
  public var times: CollectionTimes

  public init(_ times: CollectionTimes) {
    self.times = times
  }

  public func initialBuffers<Scalar: TensorScalar>(count: Int) -> [Vector<Scalar>] { [Vector(count: count)] }

  public func isDue(after number: Int, of total: Int) -> Bool { times.isDue(after: number) }

  public func collect<Scalar: TensorScalar>(
    _ parameters: UnsafePointer<Scalar>, count: Int, into collected: inout CollectedIterates<Scalar>
  ) {
    defer { withExtendedLifetime(collected) {} }
    Scalar.runningMean(
      parameters, mean: collected.buffers[0].unsafeMutablePointer(), weight: 1 / Scalar(collected.count + 1),
      count: count)
    collected.count += 1
  }

  /// The mean of the iterates; nil before the first.
  public func posterior<Scalar: DensityScalar>(
    _ collected: CollectedIterates<Scalar>
  ) -> PointPosterior<Scalar>? {
    collected.count == 0 ? nil : PointPosterior(collected.buffers[0])
  }
}
