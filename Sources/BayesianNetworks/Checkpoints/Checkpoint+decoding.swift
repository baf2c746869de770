import Tensors

extension Checkpoint {
  /// Reads a checkpoint, and checks every type, shape, name and number.
  ///
  /// - Parameters:
  ///   - fresh: The state before the first step of a training with the same settings. Its collector may have added
  ///     buffers as long as the parameters since.
  ///   - pointCount: The length of the points of a path.
  public init(
    decoding bytes: [UInt8], expecting fresh: TrainingState<Scalar>, pointCount: Int? = nil
  ) throws(CheckpointError) {
    let file = try SafeTensors(decoding: bytes)
    try Self.checkFormat(file)
    let numbers = try Self.numbers("trainings", file)
    let done = try Self.numbers("members", file)
    guard !numbers.isEmpty || !done.isEmpty else { throw .badMetadata(key: "trainings", reason: "it names none") }
    guard Set(numbers + done).count == numbers.count + done.count else {
      throw .badMetadata(key: "members", reason: "a member is there twice")
    }
    var reader = TensorReader(file)
    var trainings: [Training] = []
    for (index, member) in numbers.enumerated() {
      trainings.append(
        try Self.training(
          member, CheckpointNames(index: index, member: member), file, &reader, fresh, pointCount: pointCount))
    }
    var finished: [Int: Vector<Scalar>] = [:]
    for member in done {
      finished[member] = try reader.vector("members.\(member)", shape: [fresh.parameters.count])
    }
    try reader.finish()
    self.init(trainings, finished: finished)
  }

  private static func training(
    _ member: Int, _ name: CheckpointNames, _ file: SafeTensors, _ reader: inout TensorReader,
    _ fresh: TrainingState<Scalar>, pointCount: Int?
  ) throws(CheckpointError) -> Training {
    let count = fresh.parameters.count
    let parameters = try reader.vector(name("parameters"), shape: [count], of: Scalar.self)
    var optimizer: [Vector<Scalar>] = []
    for index in fresh.optimizer.indices {
      optimizer.append(try reader.vector(name("optimizer.\(index)"), shape: [count]))
    }
    let collected = try collected(name("collected"), file, &reader, fresh)
    let state = TrainingState(
      parameters: parameters, optimizer: optimizer, collected: collected, step: try file.number(name("step")))
    var best: Best?
    if file.metadata[name("best.step")] != nil {
      let text = file.metadata[name("best.score")]
      guard let score = text.flatMap(Double.init), !score.isNaN else {
        throw .badMetadata(key: name("best.score"), reason: "it is \(text ?? "not given")")
      }
      best = Best(
        step: try file.number(name("best.step")), score: score, waited: try file.number(name("best.waited")),
        parameters: try reader.vector(name("best.parameters"), shape: [count]),
        collected: try self.collected(name("best.collected"), file, &reader, fresh))
    }
    var path: [Vector<Scalar>] = []
    for index in 0..<(file.metadata[name("path")] == nil ? 0 : try file.number(name("path"))) {
      path.append(try reader.vector(name("path.\(index)"), shape: [pointCount ?? count]))
    }
    return Training(state, member: member, best: best, path: path)
  }

  /// Throws where some bytes are not the checkpoint of a training, whatever the model.
  public static func check(_ bytes: [UInt8]) throws(CheckpointError) {
    try checkFormat(try SafeTensors(decoding: bytes))
  }

  private static func checkFormat(_ file: SafeTensors) throws(CheckpointError) {
    guard file.metadata["format"] == format else {
      throw .notATrainingState(reason: "its format is \(file.metadata["format"] ?? "not given")")
    }
    guard let version = file.metadata["version"], version == Self.version else {
      throw .notATrainingState(
        reason: "it is of version \(file.metadata["version"] ?? "unknown") and this program reads version "
          + "\(Self.version); the training must begin anew")
    }
  }

  private static func collected(
    _ name: String, _ file: SafeTensors, _ reader: inout TensorReader, _ fresh: TrainingState<Scalar>
  ) throws(CheckpointError) -> CollectedIterates<Scalar> {
    let expected = fresh.collected.buffers
    var result = CollectedIterates<Scalar>(count: try file.number("\(name).count"))
    for index in 0..<max(try file.number(name), expected.count) {
      let count = index < expected.count ? expected[index].count : fresh.parameters.count
      result.buffers.append(try reader.vector("\(name).\(index)", shape: [count]))
    }
    return result
  }

  /// Numbers of members, between commas and in order.
  private static func numbers(_ key: String, _ file: SafeTensors) throws(CheckpointError) -> [Int] {
    guard let text = file.metadata[key] else { throw .badMetadata(key: key, reason: "it is not given") }
    let numbers = text.split(separator: ",").compactMap { Int($0) }
    guard numbers.map(String.init).joined(separator: ",") == text, numbers.allSatisfy({ $0 >= 0 }),
      numbers == numbers.sorted()
    else { throw .badMetadata(key: key, reason: "it is \(text), expected numbers in order") }
    return numbers
  }
}
