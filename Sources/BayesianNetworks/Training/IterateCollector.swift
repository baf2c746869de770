public import Tensors

/// What is kept along the path of a training: averages of iterates, their moments, samples of a chain.
///
/// The collected numbers are a few buffers and a count: a part of the training's state, so that a checkpoint holds them
/// and a resumed training collects the same.
public protocol IterateCollector: Sendable {
  /// The buffers before the first iterate is collected, for parameters of the given length.
  func initialBuffers<Scalar: TensorScalar>(count: Int) -> [Vector<Scalar>]

  /// Whether the iterate after step `number` (from 1) of `total` is to be collected.
  func isDue(after number: Int, of total: Int) -> Bool

  /// Takes an iterate in.
  func collect<Scalar: TensorScalar>(
    _ parameters: UnsafePointer<Scalar>, count: Int, into collected: inout CollectedIterates<Scalar>)
}

/// The buffers of a collector, and how many iterates they have seen.
public struct CollectedIterates<Scalar: TensorScalar>: Sendable, Equatable {
  public var buffers: [Vector<Scalar>]
  public var count: Int

  public init(buffers: [Vector<Scalar>] = [], count: Int = 0) {
    self.buffers = buffers
    self.count = count
  }
}
