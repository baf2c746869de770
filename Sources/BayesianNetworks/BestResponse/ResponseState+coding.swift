import Tensors

/// The training of a hypernetwork as bytes: a safetensors file with everything that it takes to go on bit for bit.
///
/// Tensors, all flat: `parameters`, `optimizer.K`, `center`, `hyperparameters`, `hyperparameterOptimizer.K`, `logScales`,
/// `logScaleOptimizer.K`, and in double precision `losses`, those of the first steps as far as they were made, and `path`,
/// what whoever trains it notes on the way. The metadata holds the steps, and which of the losses are there.
extension ResponseState {
  private static var format: String { "hpsearch-hypernetwork-training" }
  private static var version: String { "1" }

  /// The bytes of the file.
  package func encode(path: [Double] = []) -> [UInt8] {
    let losses = [firstTrainingLoss, firstValidationLoss]
    var file = SafeTensors(metadata: [
      "format": Self.format, "version": Self.version, "responseSteps": String(responseSteps),
      "hyperparameterSteps": String(hyperparameterSteps),
      "path": String(path.count), "losses": losses.map { $0 == nil ? "0" : "1" }.joined(),
    ])
    for (name, vector) in named { file.set(name, vector) }
    file.set("losses", Vector(losses.map { $0 ?? 0 }))
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
    guard file.metadata["format"] == Self.format, file.metadata["version"] == Self.version else {
      throw .notATrainingState(
        reason: "its format is \(file.metadata["format"] ?? "not given"), version "
          + "\(file.metadata["version"] ?? "unknown"), expected \(Self.format) of version \(Self.version)")
    }
    var reader = TensorReader(file)
    self = fresh
    var vectors: [String: Vector<Scalar>] = [:]
    for (name, vector) in fresh.named { vectors[name] = try reader.vector(name, shape: [vector.count]) }
    let losses: Vector<Double> = try reader.vector("losses", shape: [2])
    let saved: Vector<Double> = try reader.vector("path", shape: [try Self.number("path", file)])
    try reader.finish()
    path = saved.array
    func list(_ name: String, _ count: Int) -> [Vector<Scalar>] { (0..<count).compactMap { vectors["\(name).\($0)"] } }
    parameters = vectors["parameters"] ?? parameters
    center = vectors["center"] ?? center
    hyperparameters = vectors["hyperparameters"] ?? hyperparameters
    logScales = vectors["logScales"] ?? logScales
    optimizer = list("optimizer", optimizer.count)
    hyperparameterOptimizer = list("hyperparameterOptimizer", hyperparameterOptimizer.count)
    logScaleOptimizer = list("logScaleOptimizer", logScaleOptimizer.count)
    responseSteps = try Self.number("responseSteps", file)
    hyperparameterSteps = try Self.number("hyperparameterSteps", file)
    let known = file.metadata["losses"] ?? ""
    guard ["00", "01", "10", "11"].contains(known) else {
      throw .badMetadata(key: "losses", reason: "it is \(known.isEmpty ? "not given" : known), expected two digits")
    }
    firstTrainingLoss = known.hasPrefix("1") ? losses[0] : nil
    firstValidationLoss = known.hasSuffix("1") ? losses[1] : nil
  }

  /// Its tensors by their names.
  private var named: [(String, Vector<Scalar>)] {
    func list(_ name: String, _ vectors: [Vector<Scalar>]) -> [(String, Vector<Scalar>)] {
      vectors.enumerated().map { ("\(name).\($0.offset)", $0.element) }
    }
    return [
      ("parameters", parameters), ("center", center), ("hyperparameters", hyperparameters), ("logScales", logScales),
    ] + list("optimizer", optimizer) + list("hyperparameterOptimizer", hyperparameterOptimizer)
      + list("logScaleOptimizer", logScaleOptimizer)
  }

  private static func number(_ key: String, _ file: SafeTensors) throws(CheckpointError) -> Int {
    guard let text = file.metadata[key], let value = Int(text), value >= 0 else {
      throw .badMetadata(key: key, reason: "it is \(file.metadata[key] ?? "not given"), expected a number from 0")
    }
    return value
  }
}
