public import Tensors

/// A training state as bytes: a safetensors file with everything that an exact, bit-for-bit resumption needs.
///
/// Tensors: `layers.L.weights.mean` and `.rho` (inputs x outputs), `layers.L.biases.mean` and `.rho`,
/// `likelihood.log_noise` where the noise is learned, and `optimizer.K`, the optimiser's buffers in the order of the
/// parameters (all means, all rhos, the likelihood's). The metadata holds the step.
public struct Checkpoint<Scalar: TensorScalar>: Sendable, Equatable {
  public let network: Network
  public let state: TrainingState<Scalar>

  public init(_ state: TrainingState<Scalar>, network: Network) {
    self.state = state
    self.network = network
  }

  /// The bytes of the file.
  public func encode() -> [UInt8] {
    let parameters = state.parameters
    var file = SafeTensors(metadata: [
      "format": Self.format, "version": Self.version, "step": String(state.step),
    ])
    for part in Self.parts(of: network, parameterCount: parameters.count) {
      file.tensors[part.name] = Self.tensor(parameters.unsafePointer + part.start, shape: part.shape)
    }
    for (index, buffer) in state.optimizer.enumerated() {
      file.tensors["optimizer.\(index)"] = Self.tensor(buffer.unsafePointer, shape: [buffer.count])
    }
    return withExtendedLifetime(state) { file.encode() }
  }

  /// Reads a checkpoint of the given model and optimiser, and checks every type, shape and number.
  public init(decoding bytes: [UInt8], model: BayesianModel, optimizer: any Optimizer) throws(CheckpointError) {
    let file = try SafeTensors(decoding: bytes)
    guard file.metadata["format"] == Self.format else {
      throw .notATrainingState(reason: "its format is \(file.metadata["format"] ?? "not given")")
    }
    guard let version = file.metadata["version"], version == Self.version else {
      throw .notATrainingState(reason: "version \(file.metadata["version"] ?? "unknown"), expected \(Self.version)")
    }
    guard let text = file.metadata["step"], let step = Int(text), step >= 0 else {
      throw .notATrainingState(reason: "its step is \(file.metadata["step"] ?? "not given")")
    }
    let count = model.variationalParameterCount
    var known: Set<String> = []
    func read(_ name: String, _ shape: [Int], into target: UnsafeMutablePointer<Scalar>) throws(CheckpointError) {
      guard let tensor = file.tensors[name] else { throw .missingTensor(name: name) }
      guard tensor.element == Self.element else {
        throw .wrongType(name: name, expected: Self.element.rawValue, found: tensor.element.rawValue)
      }
      guard tensor.shape == shape else { throw .wrongShape(name: name, expected: shape, found: tensor.shape) }
      tensor.bytes.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(start: target, count: $0.count).copyMemory(from: $0)
      }
      let length = shape.reduce(1, *)
      if let index = (0..<length).first(where: { !target[$0].isFinite }) {
        throw .notFinite(name: name, index: index)
      }
      known.insert(name)
    }
    var parameters = Vector<Scalar>(count: count)
    let base = parameters.unsafeMutablePointer()
    for part in Self.parts(of: model.network, parameterCount: count) {
      try read(part.name, part.shape, into: base + part.start)
    }
    var buffers: [Vector<Scalar>] = []
    for index in 0..<optimizer.stateBuffers {
      var buffer = Vector<Scalar>(count: count)
      try read("optimizer.\(index)", [count], into: buffer.unsafeMutablePointer())
      buffers.append(buffer)
    }
    if let other = file.tensors.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unexpectedTensor(name: other)
    }
    self.init(TrainingState(parameters: parameters, optimizer: buffers, step: step), network: model.network)
  }

  private static var format: String { "hpsearch-training-state" }
  private static var version: String { "1" }

  private static var element: SafeTensors.Tensor.Element { MemoryLayout<Scalar>.size == 4 ? .float : .double }

  private static func tensor(_ base: UnsafePointer<Scalar>, shape: [Int]) -> SafeTensors.Tensor {
    let memory = UnsafeRawBufferPointer(start: base, count: shape.reduce(MemoryLayout<Scalar>.stride, *))
    return SafeTensors.Tensor(element: element, shape: shape, bytes: Array(memory))
  }

  /// The tensors that the flat parameters consist of.
  private static func parts(
    of network: Network, parameterCount: Int
  ) -> [(name: String, shape: [Int], start: Int)] {
    var parts: [(name: String, shape: [Int], start: Int)] = []
    for (kind, offset) in [("mean", 0), ("rho", network.parameterCount)] {
      for (index, layer) in network.affineLayers.enumerated() {
        parts.append(("layers.\(index).weights.\(kind)", [layer.inputs, layer.outputs], offset + layer.start))
        parts.append(("layers.\(index).biases.\(kind)", [layer.outputs], offset + layer.biases))
      }
    }
    if parameterCount > 2 * network.parameterCount {
      parts.append(("likelihood.log_noise", [1], 2 * network.parameterCount))
    }
    return parts
  }
}
