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
    outputs(
      of: x, dropout: { place, x in dropoutLabels.map { x.droppedOut(at: place, labels: $0) } ?? x }, affine: affine)
  }

  /// The network's outputs with something else in the place of its dropout.
  ///
  /// - Parameter dropout: The numbers that come to a dropout layer to those that leave it.
  package func outputs<Scalar: TensorScalar>(
    of x: Variable<Scalar>, dropout: (DropoutPlace, Variable<Scalar>) -> Variable<Scalar>,
    affine: (AffineLayer, Variable<Scalar>) -> Variable<Scalar>
  ) -> Variable<Scalar> {
    var x = x
    var places = dropoutPlaces.makeIterator()
    for stage in stages {
      switch stage {
      case .affine(let layer): x = affine(layer, x)
      case .maxPooling(let geometry): x = x.maxPooled(geometry)
      case .averagePooling(let geometry): x = x.averagePooled(geometry)
      case .activation(let activation): x = activation(x)
      case .dropout: if let place = places.next() { x = dropout(place, x) }
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

  /// Where units are dropped, in order.
  package var dropoutPlaces: [DropoutPlace] {
    let first = stages.firstIndex { if case .affine = $0 { true } else { false } } ?? 0
    return stages.indices.compactMap { index in
      if case .dropout(let rate) = stages[index] {
        DropoutPlace(index: index, rate: rate, isInput: index < first)
      } else {
        nil
      }
    }
  }

  /// An input for each affine layer's parameters.
  public func weightInputs<Scalar: TensorScalar>(_ name: String = "weights") -> [Variable<Scalar>] {
    affineLayers.map { .input([$0.parameterCount], name: "\($0.name).\(name)") }
  }
}

/// Where a network drops units.
package struct DropoutPlace: Hashable, Sendable {
  /// Its number among all that the examples go through: the last label of its noise.
  package let index: Int
  /// The network's own rate there.
  package let rate: Double
  /// Whether no weights come before it.
  package let isInput: Bool
}

extension Variable {
  /// Units dropped at the network's own rate.
  func droppedOut(at place: DropoutPlace, labels: [Int]) -> Variable {
    multiplied(by: NoiseSource(.dropout(rate: place.rate), labels: labels + [place.index]))
  }
}

extension AffineLayer {
  /// The layer over inputs of so many numbers in all.
  public func geometry(inputCount: Int) -> AffineGeometry {
    AffineGeometry(
      rows: inputCount / inputSize * rowsPerExample, inputs: inputs, outputs: outputs, convolution: convolution)
  }
}
