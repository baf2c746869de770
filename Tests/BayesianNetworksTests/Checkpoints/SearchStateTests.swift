import BayesianNetworks
import Tensors
import Testing

/// The files of the searches' states: of a hypernetwork's training, a search for choices and a descent.
@Suite struct SearchStateTests {
  private struct File {
    var bytes: [UInt8]
    /// Everything that the file has, so that those of earlier versions can be read.
    var metadata: [String: String]
    var tensors: [String]
    /// The bytes of the state that is read.
    var read: ([UInt8]) throws(CheckpointError) -> [UInt8]
  }

  private static func vector(_ count: Int) -> Vector<Float> { .normal(RandomKey(seed: UInt64(count)), count: count) }

  private static var files: [File] {
    var response = ResponseState(
      parameters: vector(5), optimizer: [vector(5), vector(5)], center: vector(2), hyperparameters: vector(2),
      hyperparameterOptimizer: [vector(2)], logScales: vector(2), logScaleOptimizer: [])
    (response.responseSteps, response.hyperparameterSteps, response.firstTrainingLoss) = (4, 3, 2.5)
    var choices = RelaxedSearchState(weights: vector(3), optimizer: [vector(3)], logits: vector(2), logitOptimizer: [])
    (choices.step, choices.firstTrainingLoss, choices.firstValidationLoss) = (9, 1, -1)
    let descent = HyperparameterDescentState(
      hyperparameters: vector(2), optimizer: [vector(2)],
      weights: WeightState(weights: vector(4), velocity: vector(4), trainingSteps: 40), step: 2, values: [3, 2],
      path: [1, 2, 3, 4], bestValue: 2, bestHyperparameters: vector(2))
    return [
      File(
        bytes: response.encode(path: [1, 2, 3]),
        metadata: [
          "format": "hpsearch-hypernetwork-training", "version": "1", "responseSteps": "4", "hyperparameterSteps": "3",
          "path": "3", "losses": "10",
        ],
        tensors: [
          "center", "hyperparameterOptimizer.0", "hyperparameters", "logScales", "losses", "optimizer.0", "optimizer.1",
          "parameters", "path",
        ]
      ) { bytes throws(CheckpointError) in
        var path: [Double] = []
        return try ResponseState(decoding: bytes, expecting: response, path: &path).encode(path: path)
      },
      File(
        bytes: choices.encode(),
        metadata: ["format": "hpsearch-relaxed-search", "version": "1", "step": "9", "losses": "11"],
        tensors: ["logits", "losses", "optimizer.0", "weights"]
      ) { bytes throws(CheckpointError) in try RelaxedSearchState(decoding: bytes, expecting: choices).encode() },
      File(
        bytes: descent.encode(),
        metadata: ["format": "hpsearch-hyperparameter-descent", "version": "1", "step": "2", "trainingSteps": "40"],
        tensors: [
          "best", "direction", "hyperparameters", "optimizer.0", "path", "solution", "values", "velocity", "weights",
        ]
      ) { bytes throws(CheckpointError) in try HyperparameterDescentState(decoding: bytes, expecting: descent).encode()
      },
    ]
  }

  @Test(arguments: 0..<3) func aFileHasWhatItsVersionSays(index: Int) throws {
    let file = Self.files[index]
    let contents = try SafeTensors(decoding: file.bytes)
    #expect(contents.metadata == file.metadata)
    #expect(contents.tensors.keys.sorted() == file.tensors)
    #expect(try file.read(file.bytes) == file.bytes)
  }

  @Test(arguments: 0..<3) func filesOfOtherKindsAndVersionsAreRefused(index: Int) throws {
    let file = Self.files[index]
    let format = try #require(file.metadata["format"])
    for (key, value, found) in [
      ("format", "other", "other, version 1"), ("format", nil, "not given, version 1"),
      ("version", "2", "\(format), version 2"), ("version", nil, "\(format), version unknown"),
    ] {
      var contents = try SafeTensors(decoding: file.bytes)
      contents.metadata[key] = value
      let reason = "its format is \(found), expected \(format) of version 1"
      #expect(throws: CheckpointError.notATrainingState(reason: reason)) { _ = try file.read(contents.encode()) }
    }
  }

  /// A number of steps so large that products with it might overflow is damage as well.
  @Test(arguments: 0..<3) func damagedMetadataIsNamed(index: Int) throws {
    let file = Self.files[index]
    for key in file.metadata.keys where !["format", "version"].contains(key) {
      for value in key == "losses" ? ["", "1", "12", "111"] : ["", "-1", "1e2", "\(1 << 40)", "\(Int.max)"] {
        var contents = try SafeTensors(decoding: file.bytes)
        contents.metadata[key] = value
        let shown = key == "losses" && value.isEmpty ? "not given" : value
        let expected = key == "losses" ? "two digits" : "a number from 0"
        let error = CheckpointError.badMetadata(key: key, reason: "it is \(shown), expected \(expected)")
        #expect(throws: error) { _ = try file.read(contents.encode()) }
      }
      var contents = try SafeTensors(decoding: file.bytes)
      contents.metadata[key] = nil
      let error = #expect(throws: CheckpointError.self) { _ = try file.read(contents.encode()) }
      #expect(error.map { "\($0)" }?.contains("\"\(key)\" of the file is damaged: it is not given") ?? false)
    }
  }

  @Test(arguments: 0..<3) func tensorsOfOtherNamesAndLengthsAreNamed(index: Int) throws {
    let file = Self.files[index]
    for name in file.tensors {
      var contents = try SafeTensors(decoding: file.bytes)
      let tensor = contents.tensors.removeValue(forKey: name)
      #expect(throws: CheckpointError.missingTensor(name: name)) { _ = try file.read(contents.encode()) }
      contents.tensors[name] = tensor
      contents.tensors["\(name).other"] = tensor
      #expect(throws: CheckpointError.unexpectedTensor(name: "\(name).other")) { _ = try file.read(contents.encode()) }
    }
  }
}
