import Tensors

/// A descent of hyperparameters as bytes: a safetensors file with everything that it takes to go on bit for bit.
///
/// Tensors, all flat: `hyperparameters`, `best`, `optimizer.K`, `weights`, `velocity`, `solution`, `direction`, `values` (in
/// double precision) and `path`. The metadata holds the steps.
extension HyperparameterDescentState {
  private static var format: String { "hpsearch-hyperparameter-descent" }
  private static var version: String { "1" }

  /// The bytes of the file.
  package func encode() -> [UInt8] {
    var file = SafeTensors(metadata: [
      "format": Self.format, "version": Self.version, "step": String(step),
      "trainingSteps": String(weights.trainingSteps),
    ])
    file.set("hyperparameters", hyperparameters)
    file.set("best", bestHyperparameters)
    for (index, buffer) in optimizer.enumerated() { file.set("optimizer.\(index)", buffer) }
    file.set("weights", weights.weights)
    file.set("velocity", weights.velocity)
    file.set("solution", weights.solution)
    file.set("direction", weights.direction)
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
    guard file.metadata["format"] == Self.format, file.metadata["version"] == Self.version else {
      throw .notATrainingState(
        reason: "its format is \(file.metadata["format"] ?? "not given"), version "
          + "\(file.metadata["version"] ?? "unknown"), expected \(Self.format) of version \(Self.version)")
    }
    let (step, trainingSteps) = (try Self.number("step", file), try Self.number("trainingSteps", file))
    var reader = TensorReader(file)
    func vector(_ name: String, _ count: Int) throws(CheckpointError) -> Vector<Scalar> {
      try reader.vector(name, shape: [count])
    }
    let count = fresh.hyperparameters.count
    var optimizer: [Vector<Scalar>] = []
    for (index, buffer) in fresh.optimizer.enumerated() {
      optimizer.append(try vector("optimizer.\(index)", buffer.count))
    }
    let weights = WeightState(
      weights: try vector("weights", fresh.weights.weights.count),
      velocity: try vector("velocity", fresh.weights.velocity.count),
      solution: try vector("solution", fresh.weights.solution.count),
      direction: try vector("direction", fresh.weights.direction.count), trainingSteps: trainingSteps)
    let values: Vector<Double> = try reader.vector("values", shape: [step])
    let hasPath = file.tensors["path"].map { !$0.bytes.isEmpty } ?? false
    let path = try vector("path", hasPath ? step * count : 0)
    self.init(
      hyperparameters: try vector("hyperparameters", count), optimizer: optimizer, weights: weights, step: step,
      values: values.array, path: path.array, bestValue: values.array.min() ?? .infinity,
      bestHyperparameters: try vector("best", count))
    try reader.finish()
  }

  private static func number(_ key: String, _ file: SafeTensors) throws(CheckpointError) -> Int {
    // Small enough that no product of it with a number of hyperparameters overflows.
    guard let text = file.metadata[key], let value = Int(text), value >= 0, value < 1 << 40 else {
      throw .badMetadata(key: key, reason: "it is \(file.metadata[key] ?? "not given"), expected a number from 0")
    }
    return value
  }
}
