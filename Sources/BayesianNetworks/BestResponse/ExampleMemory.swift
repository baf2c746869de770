import Probability
import Tensors

/// Examples where they are, by the number of a row: what programs over all of them are bound to.
final class ExampleMemory<Scalar: DensityScalar> {
  let examples: Examples<Scalar>
  private let classes: UnsafeMutablePointer<Int32>?

  init(_ examples: Examples<Scalar>) {
    self.examples = examples
    guard case .classes(let all) = examples.targets else {
      classes = nil
      return
    }
    // An array's memory has no fixed address.
    let memory = UnsafeMutablePointer<Int32>.allocate(capacity: all.count)
    memory.initialize(from: all, count: all.count)
    classes = memory
  }

  deinit { classes?.deallocate() }

  var inputColumns: Int { examples.inputs.columns }
  var targetColumns: Int { if case .values(let values) = examples.targets { values.columns } else { 1 } }

  func inputs(from row: Int) -> UnsafePointer<Scalar> { examples.inputs.unsafePointer + row * inputColumns }

  func targets(from row: Int) -> TargetPointer<Scalar> {
    if case .values(let values) = examples.targets { return .values(values.unsafePointer + row * values.columns) }
    return .classes(UnsafePointer(classes.unsafelyUnwrapped) + row)
  }

  /// The rows in blocks: where each begins, and how many it has.
  func blocks(of rows: Int) -> [(start: Int, rows: Int)] {
    stride(from: 0, to: examples.count, by: rows).map { ($0, min(rows, examples.count - $0)) }
  }
}
