/// A multilayer perceptron: what it looks like, and where each layer's parameters lie in one flat buffer.
///
/// The buffer holds layer after layer; each layer its weights, inputs x outputs row-major, and then its biases. A layer
/// computes x W + b; every layer but the last is followed by the activation.
public struct Network: Hashable, Sendable {
  public let inputs: Int
  /// Units of each hidden layer; none makes a linear model.
  public let hidden: [Int]
  public let outputs: Int
  public let activation: Activation
  public let layers: [DenseLayer]

  public init(inputs: Int, hidden: [Int], outputs: Int, activation: Activation = .relu) {
    precondition(
      inputs >= 1 && outputs >= 1 && hidden.allSatisfy { $0 >= 1 },
      "a network needs at least one unit in each layer, got \(inputs), \(hidden), \(outputs)")
    self.inputs = inputs
    self.hidden = hidden
    self.outputs = outputs
    self.activation = activation
    var layers: [DenseLayer] = []
    var start = 0
    for (from, to) in zip([inputs] + hidden, hidden + [outputs]) {
      layers.append(DenseLayer(inputs: from, outputs: to, start: start))
      start = layers[layers.count - 1].end
    }
    self.layers = layers
  }

  /// Weights and biases together.
  public var parameterCount: Int { layers[layers.count - 1].end }
}

/// One affine layer of a network and its place in the flat buffer of parameters.
public struct DenseLayer: Hashable, Sendable {
  public let inputs: Int
  public let outputs: Int
  /// Where the weights begin.
  public let start: Int

  /// Where the biases begin.
  public var biases: Int { start + inputs * outputs }
  /// One past the last bias.
  public var end: Int { biases + outputs }
}
