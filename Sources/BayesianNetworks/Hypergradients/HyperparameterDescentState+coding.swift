import Tensors

/// A descent of hyperparameters as bytes: a safetensors file with everything that it takes to go on bit for bit.
///
/// Tensors, all flat: `hyperparameters`, `best`, `optimizer.K`, `weights`, `velocity`, `solution`, `direction`, `values` (in
/// double precision) and `path`. The metadata holds the steps.
extension HyperparameterDescentState: SearchState {
  static var format: String { "hpsearch-hyperparameter-descent" }
  static var version: String { "1" }

  static var vectors: KeyValuePairs<String, WritableKeyPath<Self, Vector<Scalar>>> {
    [
      "hyperparameters": \.hyperparameters, "best": \.bestHyperparameters, "weights": \.weights.weights,
      "velocity": \.weights.velocity, "solution": \.weights.solution, "direction": \.weights.direction,
    ]
  }

  static var vectorLists: KeyValuePairs<String, WritableKeyPath<Self, [Vector<Scalar>]>> { ["optimizer": \.optimizer] }

  /// The bytes of the file.
  package func encode() -> [UInt8] {
    var file = SafeTensors(
      self, metadata: ["step": String(step), "trainingSteps": String(weights.trainingSteps)])
    file.set("values", Vector(values))
    file.set("path", Vector(path))
    return file.encode()
  }

  /// Reads a state, and checks every type, shape, name and number.
  ///
  /// - Parameter fresh: The state before the first step of a descent of the same problem with the same settings.
  package init(
    decoding bytes: [UInt8], expecting fresh: HyperparameterDescentState
  ) throws(CheckpointError) {
    let file = try SafeTensors(decoding: bytes)
    var reader = try TensorReader(file, of: Self.self)
    self = fresh
    step = try file.number("step")
    weights.trainingSteps = try file.number("trainingSteps")
    try reader.read(into: &self)
    values = try reader.vector("values", shape: [step], of: Double.self).array
    bestValue = values.min() ?? .infinity
    let hasPath = file.tensors["path"].map { !$0.bytes.isEmpty } ?? false
    path = try reader.vector("path", shape: [hasPath ? step * hyperparameters.count : 0], of: Scalar.self).array
    try reader.finish()
  }
}
