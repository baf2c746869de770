import Probability
import Tensors

/// Room for some rows of the examples, gathered or looked at in place.
final class ExampleBlock<Scalar: DensityScalar> {
  private let examples: Examples<Scalar>
  private let inputs: Workspace<Scalar>
  private let values: Workspace<Scalar>
  private var classes: [Int32]
  private let classMemory: UnsafeMutablePointer<Int32>

  init(_ examples: Examples<Scalar>, rows: Int) {
    self.examples = examples
    inputs = Workspace(rows * examples.inputs.columns)
    switch examples.targets {
    case .values(let matrix):
      values = Workspace(rows * matrix.columns)
      classes = []
    case .classes(let all):
      values = Workspace(0)
      classes = all
    }
    classMemory = .allocate(capacity: rows)
  }

  deinit {
    classMemory.deallocate()
  }

  /// Copies the rows of the given numbers, and gives where they lie.
  func gather(_ rows: ArraySlice<Int>) -> (inputs: UnsafePointer<Scalar>, targets: TargetPointer<Scalar>) {
    let columns = examples.inputs.columns
    let source = examples.inputs.unsafePointer
    var place = 0
    for row in rows {
      Scalar.copy(source + row * columns, into: inputs.base + place * columns, count: columns)
      place += 1
    }
    place = 0
    switch examples.targets {
    case .values(let matrix):
      for row in rows {
        Scalar.copy(
          matrix.unsafePointer + row * matrix.columns, into: values.base + place * matrix.columns,
          count: matrix.columns)
        place += 1
      }
      return (UnsafePointer(inputs.base), .values(UnsafePointer(values.base)))
    case .classes:
      for row in rows {
        classMemory[place] = classes[row]
        place += 1
      }
      return (UnsafePointer(inputs.base), .classes(UnsafePointer(classMemory)))
    }
  }

  /// Changes the inputs of the rows that were gathered last, where they lie. Random number i depends on the key and on
  /// i alone.
  func augment(_ rows: ArraySlice<Int>, _ augmentation: InputAugmentation, key: RandomKey) {
    let columns = examples.inputs.columns
    if augmentation.shift > 0, let image = augmentation.image {
      let scale = Scalar(augmentation.shift)
      let source = examples.inputs.unsafePointer
      forEachNormalBlock(key.folded(0), count: 2 * rows.count) { start, count, vectors in
        for i in 0..<(count / 2) {
          let place = start / 2 + i
          Scalar.translate(
            source + rows[rows.startIndex + place] * columns, image, down: vectors[2 * i], right: vectors[2 * i + 1],
            scale: scale, into: inputs.base + place * columns)
        }
      }
    }
    if augmentation.noise > 0 {
      let scale = Scalar(augmentation.noise)
      forEachNormalBlock(key.folded(1), count: rows.count * columns) { start, count, noise in
        Scalar.axpy(scale, noise, inputs.base + start, count: count)
      }
    }
  }

  /// Calls `body` with the start, the length and the standard normal numbers of one block after another. The length is
  /// even, but for the last block; the blocks are so small that they lie on the stack.
  private func forEachNormalBlock(_ key: RandomKey, count: Int, _ body: (Int, Int, UnsafePointer<Scalar>) -> Void) {
    let block = 1024 / MemoryLayout<Scalar>.stride
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { memory in
      let numbers = memory.baseAddress.unsafelyUnwrapped.bindMemory(to: Scalar.self, capacity: block)
      for start in stride(from: 0, to: count, by: block) {
        let length = min(block, count - start)
        Scalar.fillNormal(key, offset: start, into: numbers, count: length)
        body(start, length, UnsafePointer(numbers))
      }
    }
  }
}
