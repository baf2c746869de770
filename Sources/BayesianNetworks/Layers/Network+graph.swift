public import Autodiff
public import Tensors

extension Network {
  /// The network's outputs as an expression, rows x outputs.
  ///
  /// - Parameters:
  ///   - x: rows x inputs.
  ///   - dropoutLabels: The path of labels of the masks' noise; nil drops nothing.
  ///   - affine: What stands for x W + b: the inputs of an affine layer to its outputs. The rows may become more on the
  ///     way (samples of the same examples); they count as examples from there on.
  public func outputs<Scalar: TensorScalar>(
    of x: Variable<Scalar>, dropoutLabels: [Int]? = nil,
    affine: (AffineLayer, Variable<Scalar>) -> Variable<Scalar>
  ) -> Variable<Scalar> {
    var x = x
    for (index, stage) in stages.enumerated() {
      switch stage {
      case .affine(let layer): x = affine(layer, x)
      case .maxPooling(let geometry): x = x.maxPooled(geometry)
      case .averagePooling(let geometry): x = x.averagePooled(geometry)
      case .activation(let activation): x = activation(x)
      case .dropout(let rate):
        if let labels = dropoutLabels {
          x = x.multiplied(by: NoiseSource(.dropout(rate: rate), labels: labels + [index]))
        }
      }
    }
    return x.reshaped([x.shape.count / outputs, outputs])
  }

  /// The network's outputs with given weights: one array for each affine layer, its weights and then its biases.
  public func outputs<Scalar: TensorScalar>(
    of x: Variable<Scalar>, weights: [Variable<Scalar>], dropoutLabels: [Int]? = nil
  ) -> Variable<Scalar> {
    precondition(weights.count == affineLayers.count, "\(weights.count) arrays for \(affineLayers.count) layers")
    return outputs(of: x, dropoutLabels: dropoutLabels) { layer, x in
      x.affine(weights[layer.index], layer.geometry(inputCount: x.shape.count))
    }
  }

  /// An input for each affine layer's parameters.
  public func weightInputs<Scalar: TensorScalar>(_ name: String = "weights") -> [Variable<Scalar>] {
    affineLayers.map { .input([$0.parameterCount], name: "\($0.name).\(name)") }
  }
}

extension AffineLayer {
  /// The layer over inputs of so many numbers in all.
  public func geometry(inputCount: Int) -> AffineGeometry {
    AffineGeometry(
      rows: inputCount / inputSize * rowsPerExample, inputs: inputs, outputs: outputs, convolution: convolution)
  }
}
