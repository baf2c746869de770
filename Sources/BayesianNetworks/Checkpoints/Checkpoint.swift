public import Tensors

/// A training as bytes: a safetensors file with everything that an exact, bit-for-bit resumption needs, whatever the
/// method.
///
/// Tensors, all flat: `parameters`; `optimizer.K`, the buffers of the rule; `collected.K`, those of the collector;
/// `members.K`, the point parameters of the members of an ensemble that are done; and where a best state is kept for
/// early stopping `best.parameters` and `best.collected.K`; `path.K`, the point parameters along the way, where they are
/// kept. The metadata holds the step and how many of each there are.
public struct Checkpoint<Scalar: TensorScalar>: Sendable, Equatable {
  /// The state that early stopping goes back to.
  public struct Best: Sendable, Equatable {
    /// Steps made.
    public var step: Int
    public var score: Double
    /// Scores since.
    public var waited: Int
    public var parameters: Vector<Scalar>
    public var collected: CollectedIterates<Scalar>

    public init(
      step: Int, score: Double, waited: Int = 0, parameters: Vector<Scalar>,
      collected: CollectedIterates<Scalar> = .init()
    ) {
      self.step = step
      self.score = score
      self.waited = waited
      self.parameters = parameters
      self.collected = collected
    }
  }

  public var state: TrainingState<Scalar>
  /// The members of an ensemble that are done; the state is that of the next one.
  public var members: [Vector<Scalar>]
  public var best: Best?
  /// Point parameters along the path of the training.
  public var path: [Vector<Scalar>]

  public init(
    _ state: TrainingState<Scalar>, members: [Vector<Scalar>] = [], best: Best? = nil, path: [Vector<Scalar>] = []
  ) {
    self.state = state
    self.members = members
    self.best = best
    self.path = path
  }

  /// The number of the ensemble's member that is being trained.
  public var member: Int { members.count }

  /// The bytes of the file.
  public func encode() -> [UInt8] {
    var file = SafeTensors(metadata: [
      "format": Self.format, "version": Self.version, "step": String(state.step), "member": String(member),
      "optimizer": String(state.optimizer.count),
    ])
    file.set("parameters", state.parameters)
    for (index, buffer) in state.optimizer.enumerated() { file.set("optimizer.\(index)", buffer) }
    for (index, member) in members.enumerated() { file.set("members.\(index)", member) }
    if !path.isEmpty { file.metadata["path"] = String(path.count) }
    for (index, point) in path.enumerated() { file.set("path.\(index)", point) }
    Self.write(state.collected, to: &file, "collected")
    if let best {
      file.metadata["best.step"] = String(best.step)
      file.metadata["best.score"] = String(best.score)
      file.metadata["best.waited"] = String(best.waited)
      file.set("best.parameters", best.parameters)
      Self.write(best.collected, to: &file, "best.collected")
    }
    return file.encode()
  }

  private static func write(_ collected: CollectedIterates<Scalar>, to file: inout SafeTensors, _ name: String) {
    file.metadata[name] = String(collected.buffers.count)
    file.metadata["\(name).count"] = String(collected.count)
    for (index, buffer) in collected.buffers.enumerated() { file.set("\(name).\(index)", buffer) }
  }

  private static var format: String { "hpsearch-training-state" }
  private static var version: String { "2" }
}

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
    let count = fresh.parameters.count
    var reader = TensorReader(file)
    let parameters = try reader.vector("parameters", shape: [count], of: Scalar.self)
    var optimizer: [Vector<Scalar>] = []
    for index in fresh.optimizer.indices { optimizer.append(try reader.vector("optimizer.\(index)", shape: [count])) }
    let collected = try Self.collected("collected", file, &reader, fresh)
    var members: [Vector<Scalar>] = []
    for index in 0..<(try Self.number("member", file)) {
      members.append(try reader.vector("members.\(index)", shape: [count]))
    }
    var best: Best?
    if file.metadata["best.step"] != nil {
      guard let text = file.metadata["best.score"], let score = Double(text), !score.isNaN else {
        throw .badMetadata(key: "best.score", reason: "it is \(file.metadata["best.score"] ?? "not given")")
      }
      best = Best(
        step: try Self.number("best.step", file), score: score, waited: try Self.number("best.waited", file),
        parameters: try reader.vector("best.parameters", shape: [count]),
        collected: try Self.collected("best.collected", file, &reader, fresh))
    }
    var path: [Vector<Scalar>] = []
    for index in 0..<(file.metadata["path"] == nil ? 0 : try Self.number("path", file)) {
      path.append(try reader.vector("path.\(index)", shape: [pointCount ?? count]))
    }
    try reader.finish()
    let state = TrainingState(
      parameters: parameters, optimizer: optimizer, collected: collected, step: try Self.number("step", file))
    self.init(state, members: members, best: best, path: path)
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
    var result = CollectedIterates<Scalar>(count: try number("\(name).count", file))
    for index in 0..<max(try number(name, file), expected.count) {
      let count = index < expected.count ? expected[index].count : fresh.parameters.count
      result.buffers.append(try reader.vector("\(name).\(index)", shape: [count]))
    }
    return result
  }

  private static func number(_ key: String, _ file: SafeTensors) throws(CheckpointError) -> Int {
    guard let text = file.metadata[key], let value = Int(text), value >= 0 else {
      throw .badMetadata(key: key, reason: "it is \(file.metadata[key] ?? "not given"), expected a number from 0")
    }
    return value
  }
}
