import Tensors

/// The training of a hypernetwork as bytes: a safetensors file with everything that it takes to go on bit for bit.
///
/// Tensors, all flat: `parameters`, `optimizer.K`, `center`, `hyperparameters`, `hyperparameterOptimizer.K`, `logScales`,
/// `logScaleOptimizer.K`, and in double precision `losses`, those of the first steps as far as they were made, and `path`,
/// what whoever trains it notes on the way. The metadata holds the steps, and which of the losses are there.
extension ResponseState: SearchState {
  static var format: String { "hpsearch-hypernetwork-training" }
  static var version: String { "1" }

  static var vectors: KeyValuePairs<String, WritableKeyPath<Self, Vector<Scalar>>> {
    [
      "parameters": \.parameters, "center": \.center, "hyperparameters": \.hyperparameters, "logScales": \.logScales,
    ]
  }

  static var vectorLists: KeyValuePairs<String, WritableKeyPath<Self, [Vector<Scalar>]>> {
    [
      "optimizer": \.optimizer, "hyperparameterOptimizer": \.hyperparameterOptimizer,
      "logScaleOptimizer": \.logScaleOptimizer,
    ]
  }

  /// The bytes of the file.
  package func encode(path: [Double] = []) -> [UInt8] {
    var file = SafeTensors(
      self,
      metadata: [
        "responseSteps": String(responseSteps), "hyperparameterSteps": String(hyperparameterSteps),
        "path": String(path.count),
      ])
    file.setFirstLosses(training: firstTrainingLoss, validation: firstValidationLoss)
    file.set("path", Vector(path))
    return file.encode()
  }

  /// Reads a state, and checks every type, shape, name and number.
  ///
  /// - Parameters:
  ///   - fresh: The state before the first step of a training of the same problem with the same settings.
  ///   - path: Written: the path that was saved with it.
  package init(
    decoding bytes: [UInt8], expecting fresh: ResponseState, path: inout [Double]
  ) throws(CheckpointError) {
    let file = try SafeTensors(decoding: bytes)
    var reader = try TensorReader(file, of: Self.self)
    self = fresh
    try reader.read(into: &self)
    (firstTrainingLoss, firstValidationLoss) = try reader.firstLosses()
    let saved: Vector<Double> = try reader.vector("path", shape: [try file.number("path")])
    try reader.finish()
    responseSteps = try file.number("responseSteps")
    hyperparameterSteps = try file.number("hyperparameterSteps")
    path = saved.array
  }
}
