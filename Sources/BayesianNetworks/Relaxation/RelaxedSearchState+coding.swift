import Tensors

/// A search for discrete choices as bytes: a safetensors file with everything that it takes to go on bit for bit.
///
/// Tensors, all flat: `weights`, `optimizer.K`, `logits`, `logitOptimizer.K`, and in double precision `losses`, those of
/// the first steps as far as they were made. The metadata holds the steps, and which of the losses are there.
extension RelaxedSearchState {
  private static var format: String { "hpsearch-relaxed-search" }
  private static var version: String { "1" }

  /// The bytes of the file.
  package func encode() -> [UInt8] {
    let losses = [firstTrainingLoss, firstValidationLoss]
    var file = SafeTensors(metadata: [
      "format": Self.format, "version": Self.version, "step": String(step),
      "losses": losses.map { $0 == nil ? "0" : "1" }.joined(),
    ])
    for (name, vector) in named { file.set(name, vector) }
    file.set("losses", Vector(losses.map { $0 ?? 0 }))
    return file.encode()
  }

  /// Reads a state, and checks every type, shape, name and number.
  ///
  /// - Parameter fresh: The state before the first step of a search on the same problem with the same settings.
  package init(decoding bytes: [UInt8], expecting fresh: RelaxedSearchState) throws(CheckpointError) {
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
    try reader.finish()
    func list(_ name: String, _ count: Int) -> [Vector<Scalar>] { (0..<count).compactMap { vectors["\(name).\($0)"] } }
    weights = vectors["weights"] ?? weights
    logits = vectors["logits"] ?? logits
    optimizer = list("optimizer", optimizer.count)
    logitOptimizer = list("logitOptimizer", logitOptimizer.count)
    guard let text = file.metadata["step"], let number = Int(text), number >= 0 else {
      throw .badMetadata(
        key: "step", reason: "it is \(file.metadata["step"] ?? "not given"), expected a number from 0")
    }
    step = number
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
    return [("weights", weights), ("logits", logits)] + list("optimizer", optimizer)
      + list("logitOptimizer", logitOptimizer)
  }
}
