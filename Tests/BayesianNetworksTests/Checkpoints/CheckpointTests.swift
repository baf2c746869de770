import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct CheckpointTests {
  static let optimizer = Adam()
  static let collector = SWAG(CollectionTimes(start: 0, every: 1), rank: 3)
  static let count = 13

  let fresh = TrainingState<Float>(
    parameters: Vector(count: count), optimizer: optimizer, collector: collector)

  /// An ensemble with two members done and two in training, with as much in it as there can be.
  var checkpoint: Checkpoint<Float> {
    func noise(_ label: Int) -> Vector<Float> { .normal(RandomKey(seed: 3).folded(label), count: Self.count) }
    let state = TrainingState(
      parameters: noise(0), optimizer: [noise(1), noise(2)],
      collected: CollectedIterates(buffers: [noise(3), noise(4), noise(5)], count: 7), step: 77)
    let best = Checkpoint<Float>.Best(
      step: 60, score: -0.1, waited: 4, parameters: noise(6),
      collected: CollectedIterates(buffers: [noise(7), noise(8)], count: 2))
    let also = TrainingState(
      parameters: noise(12), optimizer: [noise(13), noise(14)],
      collected: CollectedIterates(buffers: [noise(16), noise(17)], count: 1), step: 5)
    return Checkpoint(
      [
        Checkpoint.Training(also, member: 3),
        Checkpoint.Training(state, member: 1, best: best, path: [noise(10), noise(11)]),
      ], finished: [0: noise(9), 2: noise(15)])
  }

  var bytes: [UInt8] { checkpoint.encode() }

  func decode(_ bytes: [UInt8]) throws(CheckpointError) -> Checkpoint<Float> {
    try Checkpoint(decoding: bytes, expecting: fresh)
  }

  @Test func whatIsReadIsWhatWasWritten() throws {
    #expect(try decode(bytes) == checkpoint && checkpoint.trainings.map(\.member) == [1, 3])
    #expect(try decode(bytes).encode() == bytes)
    var state = fresh
    state.step = 3
    let plain = Checkpoint(state)
    #expect(try decode(plain.encode()) == plain && plain.trainings[0].best == nil)
    try Checkpoint<Float>.check(bytes)
  }

  /// The layout of the safetensors format: length, header, data.
  @Test func theLayoutIsSafetensors() throws {
    let bytes = bytes
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0 && bytes[8] == UInt8(ascii: "{"))
    let header = try #require(
      JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + length)])) as? [String: Any])
    let metadata = try #require(header["__metadata__"] as? [String: String])
    #expect(
      metadata == [
        "format": "hpsearch-training-state", "version": "3", "trainings": "1,3", "members": "0,2", "step": "77",
        "optimizer": "2",
        "collected": "3", "collected.count": "7", "best.step": "60", "best.score": "-0.1", "best.waited": "4",
        "best.collected": "2", "best.collected.count": "2", "path": "2", "also.3.step": "5", "also.3.optimizer": "2",
        "also.3.collected": "2", "also.3.collected.count": "1",
      ])
    let parameters = try #require(header["parameters"] as? [String: Any])
    #expect(parameters["dtype"] as? String == "F32")
    #expect(parameters["shape"] as? [Int] == [13])
    let offsets = try #require(parameters["data_offsets"] as? [Int])
    #expect(offsets[1] - offsets[0] == 52)
    let value = bytes[(8 + length + offsets[0])...].prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    #expect(Float(bitPattern: value) == checkpoint.trainings[0].state.parameters[0])
    #expect(
      Set(header.keys) == [
        "__metadata__", "parameters", "optimizer.0", "optimizer.1", "collected.0", "collected.1", "collected.2",
        "members.0", "members.2", "also.3.parameters", "also.3.optimizer.0", "also.3.optimizer.1",
        "also.3.collected.0", "also.3.collected.1", "best.parameters", "best.collected.0", "best.collected.1", "path.0",
        "path.1",
      ])
  }

  /// The points of a path are the weights alone, without the scales of a variational posterior.
  @Test func theLengthOfAPathIsChecked() throws {
    let short = Checkpoint([Checkpoint.Training(fresh, path: [Vector(count: 5)])]).encode()
    #expect(try Checkpoint(decoding: short, expecting: fresh, pointCount: 5).trainings[0].path.map(\.count) == [5])
    #expect(throws: CheckpointError.wrongShape(name: "path.0", expected: [13], found: [5])) { try decode(short) }
  }

  /// The chain of a Langevin method has a buffer more with every sample.
  @Test func theSamplesOfAChainGrow() throws {
    let collector = ChainSamples(CollectionTimes(start: 0, every: 1), maximum: 50)
    let fresh = TrainingState<Float>(parameters: Vector(count: 4), optimizer: SGD(), collector: collector)
    var state = fresh
    for number in 1...12 {
      state.parameters[0] = Float(number)
      withExtendedLifetime(state.parameters) { collector.collect($0.unsafePointer, count: 4, into: &state.collected) }
    }
    let found = try Checkpoint(decoding: Checkpoint(state).encode(), expecting: fresh).trainings[0]
    #expect(found.state == state && found.state.collected.buffers.count == 12)
  }

  /// Hyperparameter weight averaging has a buffer for the likelihood's parameters, of which there may be none.
  @Test func buffersOfOtherLengthsAndWithoutNumbers() throws {
    for (count, length) in [(8, 0), (9, 1)] {
      let collector = HWA(CollectionTimes(start: 0, every: 1), weights: 4)
      let fresh = TrainingState<Float>(parameters: Vector(count: count), optimizer: SGD(), collector: collector)
      var state = fresh
      withExtendedLifetime(fresh) {
        collector.collect($0.parameters.unsafePointer, count: count, into: &state.collected)
      }
      #expect(state.collected.buffers.map(\.count) == [4, 4, 4, length])
      #expect(try Checkpoint(decoding: Checkpoint(state).encode(), expecting: fresh).trainings[0].state == state)
    }
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
    for (from, to) in [("[0,", "[4,"), ("\"F32\"", "\"I32\""), ("[13]", "[14]"), ("[13]", "[-13]")] {
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

  @Test func checkpointsOfOtherTrainingsAreRefused() {
    func decode(
      _ count: Int = Self.count, _ optimizer: any Optimizer = Self.optimizer,
      _ collector: (any IterateCollector)? = Self.collector
    ) -> CheckpointError? {
      let fresh = TrainingState<Float>(parameters: Vector(count: count), optimizer: optimizer, collector: collector)
      do throws(CheckpointError) {
        _ = try Checkpoint(decoding: bytes, expecting: fresh)
        return nil
      } catch {
        return error
      }
    }
    #expect(decode() == nil)
    #expect(decode(14) == .wrongShape(name: "parameters", expected: [14], found: [13]))
    #expect(decode(Self.count, MomentumSGD()) == .unexpectedTensor(name: "also.3.optimizer.1"))
    #expect(
      decode(Self.count, Self.optimizer, HWA(CollectionTimes(start: 0, every: 1), weights: 5))
        == .wrongShape(name: "collected.0", expected: [5], found: [13]))
    #expect(throws: CheckpointError.wrongType(name: "parameters", expected: "F64", found: "F32")) {
      try Checkpoint(
        decoding: bytes, expecting: TrainingState<Double>(parameters: Vector(count: 13), optimizer: Self.optimizer))
    }
    #expect(throws: CheckpointError.missingTensor(name: "optimizer.0")) {
      var state = checkpoint.trainings[0].state
      state.optimizer = []
      _ = try self.decode(Checkpoint(state).encode())
    }
    #expect(throws: CheckpointError.notATrainingState(reason: "its format is not given")) {
      try self.decode(SafeTensors().encode())
    }
  }

  @Test func damagedMetadataIsRefused() throws {
    func decode(_ key: String, _ value: String?) throws {
      var file = try SafeTensors(decoding: bytes)
      file.metadata[key] = value
      _ = try self.decode(file.encode())
    }
    let error = #expect(throws: CheckpointError.self) { try decode("version", "1") }
    #expect(
      "\(try #require(error))".contains("version 1 and this program reads version 3; the training must begin anew"))
    for (key, value) in [
      ("step", "-1"), ("step", "x"), ("trainings", nil), ("trainings", "3,1"), ("trainings", "1,x"),
      ("members", nil), ("members", "0,3"), ("also.3.step", nil), ("collected", "?"), ("best.score", "nan"),
    ] {
      let error = #expect(throws: CheckpointError.self) { try decode(key, value) }
      guard case .badMetadata(key: key, _) = error else {
        Issue.record("\(key): \(String(describing: error))")
        continue
      }
    }
    // Without a training it is the end of an ensemble's part, and then these are one too many.
    #expect(throws: CheckpointError.self) { try decode("trainings", "") }
    #expect(throws: CheckpointError.missingTensor(name: "collected.3")) { try decode("collected", "999999999999") }
    #expect(throws: CheckpointError.unexpectedTensor(name: "collected.2")) { try decode("collected", "2") }
    #expect(throws: CheckpointError.unexpectedTensor(name: "members.0")) { try decode("members", "2") }
    #expect(throws: CheckpointError.unexpectedTensor(name: "best.collected.0")) { try decode("best.step", nil) }
  }

  @Test func numbersThatAreNotFiniteAreRefused() {
    for bad in [Float.nan, .infinity] {
      var state = checkpoint.trainings[0].state
      state.optimizer[0][5] = bad
      #expect(throws: CheckpointError.notFinite(name: "optimizer.0", index: 5)) {
        try decode(Checkpoint(state).encode())
      }
    }
  }
}
