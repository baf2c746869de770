import Autodiff
import Tensors

/// Which units and which weights of the widest network exist in each of some narrower ones: the first units of each layer.
struct WidthMasks<Scalar: TensorScalar>: Sendable {
  /// For each layer with weights, options x outputs: 1 where the unit exists. Without rows where there is one option only.
  private let units: [[Scalar]]
  /// For each layer with weights, options x parameters.
  private let weights: [[Scalar]]
  private let options: Int

  /// - Parameter widths: Of the hidden layers, for each option.
  init(_ network: Network, widths: [[Int]]) {
    options = widths.count
    guard widths.count > 1 else {
      (units, weights) = ([], [])
      return
    }
    let layers = network.affineLayers
    // Units of what comes before the first layer, and of the last, are always there.
    func width(_ option: Int, _ layer: Int) -> Int {
      layer < 0 ? network.inputs : (layer < layers.count - 1 ? widths[option][layer] : network.outputs)
    }
    units = layers.map { layer in
      widths.indices.flatMap { option -> [Scalar] in
        (0..<layer.outputs).map { $0 < width(option, layer.index) ? 1 : 0 }
      }
    }
    weights = layers.map { layer in
      widths.indices.flatMap { option -> [Scalar] in
        let (rows, columns) = (width(option, layer.index - 1), width(option, layer.index))
        // The biases are a last row, which is always there.
        return (0...layer.inputs).flatMap { row -> [Scalar] in
          (0..<layer.outputs).map { (row < rows || row == layer.inputs) && $0 < columns ? 1 : 0 }
        }
      }
    }
  }

  /// Outputs of a layer, rows x units, times the sum of the draws of the options that have the unit.
  func masked(_ x: Variable<Scalar>, layer: Int, _ draw: Variable<Scalar>) -> Variable<Scalar> {
    guard options > 1 else { return x }
    return x * mean(units[layer], draw).broadcastToRows(of: x.shape)
  }

  /// The sum over a layer's parameters, each times the sum of the draws of the options that have it.
  func sum(_ x: Variable<Scalar>, layer: Int, _ draw: Variable<Scalar>) -> Variable<Scalar> {
    guard options > 1 else { return x.sum() }
    return x.dot(mean(weights[layer], draw))
  }

  private func mean(_ masks: [Scalar], _ draw: Variable<Scalar>) -> Variable<Scalar> {
    let count = masks.count / options
    return draw.reshaped([1, options]).matrixProduct(.constant(masks, shape: [options, count])).reshaped([count])
  }
}
