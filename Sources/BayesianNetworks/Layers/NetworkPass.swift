import Tensors

/// Forward and backward passes of a network with given weights, in memory that is kept between calls.
final class NetworkPass<Scalar: TensorScalar> {
  let network: Network
  let maximumRows: Int
  /// The output of each layer, after its activation.
  private let outputs: [Workspace<Scalar>]
  /// Gradients with respect to layers' outputs, in turn.
  private let deltas: (Workspace<Scalar>, Workspace<Scalar>)

  init(_ network: Network, maximumRows: Int, backward: Bool) {
    self.network = network
    self.maximumRows = maximumRows
    outputs = network.layers.map { Workspace(maximumRows * $0.outputs) }
    let widest = backward ? network.layers.reduce(0) { max($0, $1.outputs) } * maximumRows : 0
    deltas = (Workspace(widest), Workspace(widest))
  }

  /// The outputs of the last layer for `rows` inputs. Valid until the next call.
  func forward(
    _ weights: UnsafePointer<Scalar>, inputs: UnsafePointer<Scalar>, rows: Int
  ) -> UnsafePointer<Scalar> {
    precondition(rows <= maximumRows, "\(rows) rows do not fit a pass made for \(maximumRows)")
    var x = inputs
    for (index, layer) in network.layers.enumerated() {
      let y = outputs[index].base
      Scalar.setRows(weights + layer.biases, of: y, rows: rows, columns: layer.outputs)
      Scalar.gemm(
        transposeA: false, transposeB: false, m: rows, n: layer.outputs, k: layer.inputs,
        alpha: 1, x, lda: layer.inputs, weights + layer.start, ldb: layer.outputs, beta: 1, y, ldc: layer.outputs)
      if index < network.layers.count - 1 { network.activation.apply(y, count: rows * layer.outputs) }
      x = UnsafePointer(y)
    }
    return x
  }

  /// Where the gradient with respect to the last forward pass's outputs belongs, before `backward`.
  var outputGradient: UnsafeMutablePointer<Scalar> { deltas.0.base }

  /// Writes the gradient with respect to the weights of the last forward pass.
  func backward(
    _ weights: UnsafePointer<Scalar>, inputs: UnsafePointer<Scalar>, rows: Int,
    into gradient: UnsafeMutablePointer<Scalar>
  ) {
    var (delta, next) = (deltas.0.base, deltas.1.base)
    for index in network.layers.indices.reversed() {
      let layer = network.layers[index]
      let x = index == 0 ? inputs : UnsafePointer(outputs[index - 1].base)
      Scalar.gemm(
        transposeA: true, transposeB: false, m: layer.inputs, n: layer.outputs, k: rows,
        alpha: 1, x, lda: layer.inputs, delta, ldb: layer.outputs, beta: 0, gradient + layer.start, ldc: layer.outputs)
      Scalar.columnSums(delta, rows: rows, columns: layer.outputs, into: gradient + layer.biases)
      guard index > 0 else { break }
      Scalar.gemm(
        transposeA: false, transposeB: true, m: rows, n: layer.inputs, k: layer.outputs,
        alpha: 1, delta, lda: layer.outputs, weights + layer.start, ldb: layer.outputs, beta: 0, next,
        ldc: layer.inputs)
      network.activation.pullBack(output: x, next, count: rows * layer.inputs)
      swap(&delta, &next)
    }
  }
}
