import Probability
import Tensors

/// Takes data through a network block by block.
final class ForwardPass<Scalar: DensityScalar> {
  private let pass: ForwardProgram<Scalar>

  init(_ network: Network, blockRows: Int) {
    pass = ForwardProgram(network, maximumRows: ForwardProgram<Scalar>.rows(network, atMost: blockRows))
  }

  /// Calls `body` with the outputs of each block, its targets, and its rows.
  func run(
    _ weights: Vector<Scalar>, data: Examples<Scalar>,
    _ body: (UnsafePointer<Scalar>, TargetPointer<Scalar>, Range<Int>) -> Void
  ) {
    precondition(
      data.inputs.columns == pass.network.inputs,
      "the data has \(data.inputs.columns) inputs, the network \(pass.network.inputs)")
    withExtendedLifetime((weights, data)) {
      for start in stride(from: 0, to: data.count, by: pass.maximumRows) {
        let rows = start..<min(start + pass.maximumRows, data.count)
        let outputs = pass.outputs(
          weights.unsafePointer, inputs: data.inputs.unsafePointer + start * data.inputs.columns, rows: rows.count)
        switch data.targets {
        case .values(let matrix):
          body(outputs, .values(matrix.unsafePointer + start * matrix.columns), rows)
        case .classes(let classes):
          classes.withUnsafeBufferPointer { memory in
            body(outputs, .classes(memory.baseAddress.unsafelyUnwrapped + start), rows)
          }
        }
      }
    }
  }
}
