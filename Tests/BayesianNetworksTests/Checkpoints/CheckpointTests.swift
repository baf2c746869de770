import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct CheckpointTests {
  let model = BayesianModel(
    network: Network(inputs: 2, hidden: [3], outputs: 1), likelihood: .gaussian(scale: 0.1, learned: true),
    prior: GaussianPrior())
  let optimizer = Adam()

  var state: TrainingState<Float> {
    var state = TrainingState<Float>(
      model, optimizer: optimizer, initialization: PosteriorInitialization(), key: RandomKey(seed: 1))
    state.optimizer[1][3] = 0.5
    state.step = 77
    return state
  }

  var bytes: [UInt8] { Checkpoint(state, network: model.network).encode() }

  func decode(_ bytes: [UInt8]) throws(CheckpointError) -> Checkpoint<Float> {
    try Checkpoint(decoding: bytes, model: model, optimizer: optimizer)
  }

  @Test func whatIsReadIsWhatWasWritten() throws {
    #expect(try decode(bytes).state == state)
    #expect(try decode(bytes).encode() == bytes)
  }

  /// The layout of the safetensors format: length, header, data.
  @Test func theLayoutIsSafetensors() throws {
    let bytes = bytes
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0 && bytes[8] == UInt8(ascii: "{"))
    let header = try #require(
      JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + length)])) as? [String: Any])
    let metadata = try #require(header["__metadata__"] as? [String: String])
    #expect(metadata == ["format": "hpsearch-training-state", "version": "1", "step": "77"])
    let weights = try #require(header["layers.0.weights.mean"] as? [String: Any])
    #expect(weights["dtype"] as? String == "F32")
    #expect(weights["shape"] as? [Int] == [2, 3])
    let offsets = try #require(weights["data_offsets"] as? [Int])
    #expect(offsets[1] - offsets[0] == 24)
    let value = bytes[(8 + length + offsets[0])...].prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    #expect(Float(bitPattern: value) == state.parameters[0])
    #expect(
      Set(header.keys) == [
        "__metadata__", "layers.0.weights.mean", "layers.0.weights.rho", "layers.0.biases.mean", "layers.0.biases.rho",
        "layers.1.weights.mean", "layers.1.weights.rho", "layers.1.biases.mean", "layers.1.biases.rho",
        "likelihood.log_noise", "optimizer.0", "optimizer.1",
      ])
  }

  @Test func everyTruncationIsFound() {
    let bytes = bytes
    for count in [0, 7, 8, 100, bytes.count / 2, bytes.count - 1] {
      let error = #expect(throws: CheckpointError.self) { try decode(Array(bytes[..<count])) }
      guard case .truncated = error else {
        Issue.record("\(count) bytes: \(String(describing: error))")
        continue
      }
    }
    #expect(throws: CheckpointError.self) { try decode(bytes + [0]) }
  }

  @Test func damagedHeadersAreFound() {
    var garbage = bytes
    for i in 8..<40 { garbage[i] = 0xff }
    #expect(throws: CheckpointError.badHeader(reason: "it is not the JSON of a safetensors header")) {
      try decode(garbage)
    }
    #expect(throws: CheckpointError.self) { try decode(Array(repeating: 0xff, count: 100)) }
    for (from, to) in [("[0,", "[4,"), ("\"F32\"", "\"I32\""), ("[2,3]", "[2,4]"), ("[2,3]", "[-2,-3]")] {
      #expect(throws: CheckpointError.self) { try decode(replacing(from, with: to)) }
    }
  }

  @Test func absurdSizesAreFound() {
    let size = 4 * (Int.max / 4)
    for header in [
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[\(size / 4)],\"data_offsets\":[0,\(size)]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[\(Int.max),\(Int.max)],\"data_offsets\":[0,4]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(Int.max),4]}}",
    ] {
      let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
      #expect(throws: CheckpointError.self) { try decode(length + Array(header.utf8) + [0, 0, 0, 0]) }
    }
  }

  /// The bytes with a text of the header replaced, the length corrected.
  func replacing(_ text: String, with other: String) -> [UInt8] {
    let bytes = bytes
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<(8 + length)], as: UTF8.self)
    guard let range = header.range(of: text) else { return bytes }
    let changed = Array(header.replacingCharacters(in: range, with: other).utf8)
    return withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) } + changed + bytes[(8 + length)...]
  }

  @Test func checkpointsOfOtherModelsAreRefused() {
    let wider = BayesianModel(
      network: Network(inputs: 2, hidden: [4], outputs: 1), likelihood: model.likelihood, prior: model.prior)
    #expect(throws: CheckpointError.wrongShape(name: "layers.0.weights.mean", expected: [2, 4], found: [2, 3])) {
      try Checkpoint<Float>(decoding: bytes, model: wider, optimizer: optimizer)
    }
    let deeper = BayesianModel(
      network: Network(inputs: 2, hidden: [3, 1], outputs: 1), likelihood: model.likelihood, prior: model.prior)
    #expect(throws: CheckpointError.missingTensor(name: "layers.2.weights.mean")) {
      try Checkpoint<Float>(decoding: bytes, model: deeper, optimizer: optimizer)
    }
    #expect(throws: CheckpointError.wrongType(name: "layers.0.weights.mean", expected: "F64", found: "F32")) {
      try Checkpoint<Double>(decoding: bytes, model: model, optimizer: optimizer)
    }
    #expect(throws: CheckpointError.unexpectedTensor(name: "optimizer.1")) {
      try Checkpoint<Float>(decoding: bytes, model: model, optimizer: MomentumSGD())
    }
    #expect(throws: CheckpointError.notATrainingState(reason: "its format is not given")) {
      try Checkpoint<Float>(decoding: SafeTensors().encode(), model: model, optimizer: optimizer)
    }
  }

  @Test func numbersThatAreNotFiniteAreRefused() {
    for bad in [Float.nan, .infinity] {
      var state = state
      state.optimizer[0][5] = bad
      #expect(throws: CheckpointError.notFinite(name: "optimizer.0", index: 5)) {
        try decode(Checkpoint(state, network: model.network).encode())
      }
    }
  }
}
