import BayesianNetworks
package import StudyModel

/// The checkpoint of a training with the configuration that it belongs to: a file beside the one that is to be.
package struct TrainedNetworkCheckpoint {
  package var configuration: SweepConfiguration
  package var fold: Int
  /// What `trainNetwork` goes on from.
  package var state: [UInt8]

  package init(configuration: SweepConfiguration, fold: Int, state: [UInt8]) {
    self.configuration = configuration
    self.fold = fold
    self.state = state
  }

  /// The bytes of a file; the state is the same safetensors file with more metadata.
  package func encode() throws -> [UInt8] {
    var file = try SafeTensors(decoding: state)
    file.metadata["configuration"] = configuration.trainingJSON.serialized()
    file.metadata["fold"] = String(fold)
    return file.encode()
  }

  /// Reads a file. Whether the state fits the configuration is seen when the training goes on.
  package init(decoding bytes: [UInt8]) throws {
    try Checkpoint<Float>.check(bytes)
    let metadata = try SafeTensors(decoding: bytes).metadata
    guard let text = metadata["configuration"], let fold = metadata["fold"].flatMap({ Int($0) }) else {
      throw ObjectiveError("the file is not a checkpoint of hpsearch train")
    }
    let configuration = try SweepConfiguration(parsing: text, fileName: "", defaultName: "network", for: .training)
    self.init(configuration: configuration, fold: fold, state: bytes)
  }
}
