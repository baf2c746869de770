import Autodiff
import Probability
import Tensors

/// Takes examples through a network with given point parameters, in memory that is kept between calls.
final class ForwardProgram<Scalar: DensityScalar> {
  let network: Network
  let maximumRows: Int
  private let arena = Arena<Scalar>()
  private var programs: [(rows: Int, program: Program<Scalar>)] = []

  init(_ network: Network, maximumRows: Int) {
    precondition(maximumRows >= 1, "a forward pass needs room for a row")
    self.network = network
    self.maximumRows = maximumRows
  }

  /// Rows that go through the network at a time: at most the given number, and no more than about 16 MB a layer.
  static func rows(_ network: Network, atMost limit: Int) -> Int {
    let widest = network.affineLayers.map { max($0.inputSize, $0.rowsPerExample * $0.outputs) }.max() ?? 1
    return max(1, min(limit, 4_194_304 / widest))
  }

  /// The outputs of the last layer for `rows` inputs. Valid until the next call.
  func outputs(
    _ weights: UnsafePointer<Scalar>, inputs: UnsafePointer<Scalar>, rows: Int
  ) -> UnsafePointer<Scalar> {
    precondition(rows <= maximumRows, "\(rows) rows do not fit a pass made for \(maximumRows)")
    let program = program(rows)
    program.bind(input: 0, to: inputs)
    for layer in network.affineLayers { program.bind(input: 1 + layer.index, to: weights + layer.start) }
    program.run()
    return program.output(0)
  }

  private func program(_ rows: Int) -> Program<Scalar> {
    if let entry = programs.first(where: { $0.rows == rows }) { return entry.program }
    let x = Variable<Scalar>.input([rows, network.inputs], name: "inputs")
    let weights: [Variable<Scalar>] = network.weightInputs()
    let program = Program(
      inputs: [x] + weights, outputs: [network.outputs(of: x, weights: weights)], arena: arena)
    if programs.count >= 4 { programs.removeFirst() }
    programs.append((rows, program))
    return program
  }
}
