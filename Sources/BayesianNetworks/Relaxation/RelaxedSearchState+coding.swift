import Tensors

/// A search for discrete choices as bytes: a safetensors file with everything that it takes to go on bit for bit.
///
/// Tensors, all flat: `weights`, `optimizer.K`, `logits`, `logitOptimizer.K`, and in double precision `losses`, those of
/// the first steps as far as they were made. The metadata holds the steps, and which of the losses are there.
extension RelaxedSearchState: SearchState {
  static var format: String { "hpsearch-relaxed-search" }
  static var version: String { "1" }

  static var vectors: KeyValuePairs<String, WritableKeyPath<Self, Vector<Scalar>>> {
    ["weights": \.weights, "logits": \.logits]
  }

  static var vectorLists: KeyValuePairs<String, WritableKeyPath<Self, [Vector<Scalar>]>> {
    ["optimizer": \.optimizer, "logitOptimizer": \.logitOptimizer]
  }

  /// The bytes of the file.
  package func encode() -> [UInt8] {
    var file = SafeTensors(self, metadata: ["step": String(step)])
    file.setFirstLosses(training: firstTrainingLoss, validation: firstValidationLoss)
    return file.encode()
  }

  /// Reads a state, and checks every type, shape, name and number.
  ///
  /// - Parameter fresh: The state before the first step of a search on the same problem with the same settings.
  package init(decoding bytes: [UInt8], expecting fresh: RelaxedSearchState) throws(CheckpointError) {
    let file = try SafeTensors(decoding: bytes)
    var reader = try TensorReader(file, of: Self.self)
    self = fresh
    try reader.read(into: &self)
    (firstTrainingLoss, firstValidationLoss) = try reader.firstLosses()
    try reader.finish()
    step = try file.number("step")
  }
}
