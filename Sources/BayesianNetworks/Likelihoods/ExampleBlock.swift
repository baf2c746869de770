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
}
