import Tensors

/// The hypernetwork: `hypernetwork.layers.0.weights` of its hidden layers, `hypernetwork.heads.0.weights` with a column
/// for each of the parameters of the network's layer 0 (weights, row-major, then biases), and the scales before softplus.
extension ImplicitPosterior: StoredPosterior {
  static var kind: String { "implicit" }

  func write(to archive: inout PosteriorWriter<Scalar>) {
    let hidden = layout.hidden?.affineLayers ?? []
    archive.description.hypernetwork = .init(
      hidden: hidden.map(\.outputs), noise: layout.noise, hasInputNoise: layout.hasInputNoise,
      dropout: layout.hidden?.layers.compactMap { if case .dropout(let rate) = $0 { rate } else { nil } }.first ?? 0)
    for part in Self.parts(layout) {
      archive.array(part.name, parameters[part.start..<(part.start + part.count)], shape: part.shape)
    }
  }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    let layout = try Self.layout(archive.description, archive.model)
    // Each checked before there is memory for the next.
    let parts = Self.parts(layout)
    var vectors: [Vector<Scalar>] = []
    for part in parts { vectors.append(try archive.array(part.name, shape: part.shape)) }
    var parameters = Vector<Scalar>(count: layout.parameterCount)
    let base = parameters.unsafeMutablePointer()
    for (part, vector) in zip(parts, vectors) {
      withExtendedLifetime(vector) { Scalar.copy(vector.unsafePointer, into: base + part.start, count: part.count) }
    }
    self.init(parameters, layout: layout)
  }

  private static func layout(
    _ description: PosteriorDescription, _ model: BayesianModel
  ) throws(CheckpointError) -> HypernetworkLayout {
    guard let found = description.hypernetwork, found.noise >= 1, found.hidden.allSatisfy({ $0 >= 1 }),
      found.dropout >= 0, found.dropout < 1,
      NetworkSize.obstacle(input: .features(found.noise), layers: found.hidden.map { .dense(units: $0) }) == nil,
      Double(found.hidden.last ?? found.noise) * Double(model.network.parameterCount) < 1e12
    else { throw .badMetadata(key: "posterior", reason: "it does not describe a hypernetwork that can be") }
    let method = Hypernetwork(
      hidden: found.hidden, inputs: found.noise, inputNoise: found.hasInputNoise ? 1 : nil, dropout: found.dropout)
    return HypernetworkLayout(method, model: model)
  }

  /// The tensors that the parameters consist of, in their order.
  private static func parts(_ layout: HypernetworkLayout) -> [TensorPart] {
    var parts: [TensorPart] = []
    for part in layout.hidden?.weightTensors ?? [] {
      parts.append(TensorPart(name: "hypernetwork.\(part.name)", shape: part.shape, start: part.start))
    }
    for layer in layout.network.affineLayers {
      let (name, start) = ("hypernetwork.heads.\(layer.index)", layout.head(of: layer).lowerBound)
      let (units, count) = (layout.features, layer.parameterCount)
      parts.append(TensorPart(name: "\(name).weights", shape: [units, count], start: start))
      parts.append(TensorPart(name: "\(name).biases", shape: [count], start: start + units * count))
    }
    parts.append(TensorPart(name: "hypernetwork.input_scale", shape: [1], start: layout.inputScale))
    if let place = layout.inputNoise {
      parts.append(TensorPart(name: "hypernetwork.input_noise", shape: [1], start: place))
    }
    if layout.likelihoodParameterCount > 0 {
      parts.append(
        TensorPart(name: "likelihood.log_noise", shape: [layout.likelihoodParameterCount], start: layout.tail))
    }
    return parts
  }
}
