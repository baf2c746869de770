import Tensors

/// A feed-forward network: what its layers are, and where each layer's parameters lie in one flat buffer.
///
/// The buffer holds layer after layer; each layer its weights, inputs x outputs row-major, and then its biases.
public struct Network: Hashable, Sendable {
  public let input: InputShape
  public let layers: [Layer]
  /// The layers with weights.
  public let affineLayers: [AffineLayer]
  /// Every layer with its sizes, in the order in which examples go through them.
  let stages: [Stage]
  /// Numbers of an example's output.
  public let outputs: Int

  /// Numbers of an example's input.
  public var inputs: Int { input.count }

  /// A layer with its sizes.
  enum Stage: Hashable, Sendable {
    case affine(AffineLayer)
    case maxPooling(PoolingGeometry)
    case averagePooling(PoolingGeometry)
    case activation(Activation)
    /// Units are dropped; each stands for some numbers that lie together.
    case dropout(rate: Double)
  }

  /// - Throws: `NetworkError` when a layer does not fit what comes before it.
  public init(input: InputShape, layers: [Layer]) throws(NetworkError) {
    var builder = try NetworkBuilder(input)
    for (index, layer) in layers.enumerated() { try builder.add(layer, index) }
    guard !builder.affineLayers.isEmpty else { throw NetworkError("a network needs a layer with weights") }
    self.input = input
    self.layers = layers
    affineLayers = builder.affineLayers
    stages = builder.stages
    outputs = builder.shape.count
  }

  /// A multilayer perceptron: dense layers with the activation between them, and dropout of inputs and of hidden units
  /// where the rates are not 0.
  public init(
    inputs: Int, hidden: [Int], outputs: Int, activation: Activation = .relu, dropout: Double = 0,
    inputDropout: Double = 0
  ) {
    var layers: [Layer] = inputDropout > 0 ? [.dropout(rate: inputDropout)] : []
    for units in hidden {
      layers += [.dense(units: units), .activation(activation)]
      if dropout > 0 { layers.append(.dropout(rate: dropout)) }
    }
    layers.append(.dense(units: outputs))
    do throws(NetworkError) {
      try self.init(input: .features(inputs), layers: layers)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Weights and biases together.
  public var parameterCount: Int { affineLayers[affineLayers.count - 1].end }

  /// Whether units are dropped in training.
  public var hasDropout: Bool {
    layers.contains { if case .dropout(let rate) = $0 { rate > 0 } else { false } }
  }

  /// The layer that a number of the flat buffer belongs to.
  public func affineLayer(of parameter: Int) -> AffineLayer? {
    affineLayers.first { $0.range.contains(parameter) }
  }
}

/// A network that cannot be.
public struct NetworkError: Error, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Goes through the layers and keeps the shape of what comes out of the last.
private struct NetworkBuilder {
  var shape: InputShape
  var stages: [Network.Stage] = []
  var affineLayers: [AffineLayer] = []
  private var start = 0
  /// The dropout since the last layer with weights, and the size of its units.
  private var dropout: (rate: Double, size: Int)?

  init(_ input: InputShape) throws(NetworkError) {
    guard input.count >= 1 else { throw NetworkError("a network needs at least one input, got \(input)") }
    shape = input
  }

  mutating func add(_ layer: Layer, _ index: Int) throws(NetworkError) {
    switch layer {
    case .dense(let units):
      guard units >= 1 else { throw NetworkError("layer \(index): a dense layer needs units, got \(units)") }
      append(inputs: shape.count, outputs: units, convolution: nil)
      shape = .features(units)
    case .convolution(let channels, let kernel, let stride, let padding):
      let (height, width, depth) = try image(index, "a convolution")
      guard channels >= 1, kernel >= 1, stride >= 1, padding >= 0 else {
        throw NetworkError(
          "layer \(index): a convolution of \(channels) channels, kernel \(kernel), stride \(stride) and padding "
            + "\(padding) cannot be")
      }
      guard kernel <= min(height, width) + 2 * padding else {
        throw NetworkError("layer \(index): a kernel of \(kernel) does not fit into \(height) x \(width)")
      }
      let geometry = ConvolutionGeometry(
        height: height, width: width, channels: depth, kernelHeight: kernel, kernelWidth: kernel, stride: stride,
        padding: padding)
      append(inputs: geometry.patchSize, outputs: channels, convolution: geometry)
      shape = .image(height: geometry.outputHeight, width: geometry.outputWidth, channels: channels)
    case .maxPooling(let window, let stride):
      let geometry = try pooling(index, window, stride)
      stages.append(.maxPooling(geometry))
      shape = .image(height: geometry.outputHeight, width: geometry.outputWidth, channels: geometry.channels)
    case .averagePooling(let window, let stride):
      let geometry = try pooling(index, window, stride)
      stages.append(.averagePooling(geometry))
      shape = .image(height: geometry.outputHeight, width: geometry.outputWidth, channels: geometry.channels)
    case .activation(let activation):
      stages.append(.activation(activation))
      if !affineLayers.isEmpty { affineLayers[affineLayers.count - 1].activation = activation }
      replaceLast()
    case .dropout(let rate):
      guard rate >= 0, rate < 1 else {
        throw NetworkError("layer \(index): a dropout rate lies in [0, 1), got \(rate)")
      }
      guard rate > 0 else { return }
      stages.append(.dropout(rate: rate))
      dropout = (rate, 1)
    }
  }

  private mutating func append(inputs: Int, outputs: Int, convolution: ConvolutionGeometry?) {
    let layer = AffineLayer(
      index: affineLayers.count, inputs: inputs, outputs: outputs, start: start, convolution: convolution,
      activation: nil, inputDropout: dropout?.rate ?? 0, inputsPerUnit: dropout?.size ?? 1)
    affineLayers.append(layer)
    stages.append(.affine(layer))
    start = layer.end
    dropout = nil
  }

  /// The stages hold a copy of the layer; its activation is known only now.
  private mutating func replaceLast() {
    guard let layer = affineLayers.last,
      let place = stages.lastIndex(where: {
        if case .affine(let other) = $0 { other.index == layer.index } else { false }
      })
    else { return }
    stages[place] = .affine(layer)
  }

  private func image(_ index: Int, _ what: String) throws(NetworkError) -> (Int, Int, Int) {
    guard case .image(let height, let width, let channels) = shape else {
      throw NetworkError("layer \(index): \(what) needs images, and there are \(shape.count) features")
    }
    return (height, width, channels)
  }

  private func pooling(_ index: Int, _ window: Int, _ stride: Int?) throws(NetworkError) -> PoolingGeometry {
    let (height, width, channels) = try image(index, "pooling")
    guard window >= 1, window <= min(height, width), (stride ?? window) >= 1 else {
      throw NetworkError("layer \(index): a window of \(window) does not fit into \(height) x \(width)")
    }
    return PoolingGeometry(height: height, width: width, channels: channels, window: window, stride: stride)
  }
}
