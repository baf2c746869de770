import Probability
import Tensors

/// Full minibatches of some examples, by the number of the step alone. What an epoch has left over is left out: each epoch
/// has an order of its own.
final class MinibatchSource<Scalar: DensityScalar> {
  let rows: Int
  let inputColumns: Int
  let targetColumns: Int
  let count: Int
  private let block: ExampleBlock<Scalar>
  private var minibatches: Minibatches
  private let full: Int
  /// All examples, where a minibatch has them all: gathered once.
  private let all: (inputs: UnsafePointer<Scalar>, targets: TargetPointer<Scalar>)?

  init(_ data: Examples<Scalar>, rows: Int, key: RandomKey) {
    self.rows = rows
    count = data.count
    inputColumns = data.inputs.columns
    targetColumns = if case .values(let values) = data.targets { values.columns } else { 1 }
    block = ExampleBlock(data, rows: rows)
    minibatches = Minibatches(count: data.count, batchSize: rows, key: key)
    full = data.count / rows
    all = rows == data.count ? block.gather((0..<rows).map { $0 }[...]) : nil
  }

  func minibatch(step: Int) -> (inputs: UnsafePointer<Scalar>, targets: TargetPointer<Scalar>) {
    if let all { return all }
    return block.gather(minibatches.rows(step: step / full * minibatches.stepsPerEpoch + step % full))
  }
}
