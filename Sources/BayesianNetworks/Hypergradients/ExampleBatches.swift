import Probability
import Tensors

/// A bilevel problem whose losses are not sums over examples that can be taken in parts: it is always given all of them, in
/// their order.
package protocol UndividedProblem: BilevelProblem {}

/// What the losses of a bilevel problem are computed from in each step: all examples, block by block where they are many,
/// or a minibatch.
final class ExampleBatches<Scalar: DensityScalar> {
  /// Examples in memory. The loss of all is the sum of the blocks' estimates times their weights.
  struct Block {
    var inputs: UnsafePointer<Scalar>
    var targets: TargetPointer<Scalar>
    var rows: Int
    var weight: Double
    /// Its number among those of a step.
    var index: Int
  }

  let examples: Examples<Scalar>
  /// Whether every step sees all examples.
  let isFull: Bool
  private let blocks: Int
  private var minibatches: Minibatches?
  private let gathered: ExampleBlock<Scalar>?
  private let classes: UnsafeMutablePointer<Int32>?

  /// - Parameters:
  ///   - batchSize: nil for all examples.
  ///   - rowsAtATime: The most rows of a block where all examples are seen; nil for one block.
  init(_ examples: Examples<Scalar>, batchSize: Int?, rowsAtATime: Int?, key: RandomKey) {
    self.examples = examples
    if let batchSize, batchSize < examples.count {
      isFull = false
      blocks = 1
      minibatches = Minibatches(count: examples.count, batchSize: batchSize, key: key)
      gathered = ExampleBlock(examples, rows: batchSize)
    } else {
      isFull = true
      blocks = rowsAtATime.map { (examples.count + $0 - 1) / $0 } ?? 1
      gathered = nil
    }
    if isFull, case .classes(let values) = examples.targets {
      let memory = UnsafeMutablePointer<Int32>.allocate(capacity: values.count)
      for (index, value) in values.enumerated() { memory[index] = value }
      classes = memory
    } else {
      classes = nil
    }
  }

  deinit {
    classes?.deallocate()
  }

  /// The numbers of rows that blocks have.
  var rowCounts: Set<Int> {
    if let minibatches { return [minibatches.rows(at: 0), minibatches.rows(at: minibatches.stepsPerEpoch - 1)] }
    return Set((0..<blocks).map { range($0).count })
  }

  private func range(_ block: Int) -> Range<Int> {
    (block * examples.count / blocks)..<((block + 1) * examples.count / blocks)
  }

  func forEachBlock(step: Int, _ body: (Block) -> Void) {
    if let gathered, let rows = minibatches?.rows(step: step) {
      let (inputs, targets) = gathered.gather(rows)
      body(Block(inputs: inputs, targets: targets, rows: rows.count, weight: 1, index: 0))
      return
    }
    withExtendedLifetime((examples, self)) {
      for index in 0..<blocks {
        let rows = range(index)
        body(
          Block(
            inputs: examples.inputs.unsafePointer + rows.lowerBound * examples.inputs.columns,
            targets: targets(from: rows.lowerBound), rows: rows.count,
            weight: Double(rows.count) / Double(examples.count), index: index))
      }
    }
  }

  private func targets(from row: Int) -> TargetPointer<Scalar> {
    switch examples.targets {
    case .values(let matrix): .values(matrix.unsafePointer + row * matrix.columns)
    case .classes: .classes(UnsafePointer(classes! + row))
    }
  }
}

extension Minibatches {
  /// How many rows a step of an epoch has.
  fileprivate func rows(at step: Int) -> Int { min(batchSize, count - step * batchSize) }
}
