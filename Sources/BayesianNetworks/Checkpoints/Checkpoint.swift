public import Tensors

/// A training as bytes: a safetensors file with everything that an exact, bit-for-bit resumption needs, whatever the
/// method.
///
/// Tensors, all flat: `parameters`; `optimizer.K`, the buffers of the rule; `collected.K`, those of the collector; where a
/// best state is kept for early stopping `best.parameters` and `best.collected.K`; `path.K`, the point parameters along the
/// way, where they are kept. Of an ensemble these are of the first member that is being trained, further ones have the same
/// names after `also.M.`, and `members.M` are the point parameters of those that are done. The metadata holds the steps and
/// how many of each there are.
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

  /// The training of one network.
  public struct Training: Sendable, Equatable {
    /// Its number in the ensemble, from 0.
    public var member: Int
    public var state: TrainingState<Scalar>
    public var best: Best?
    /// Point parameters along the path of the training.
    public var path: [Vector<Scalar>]

    public init(_ state: TrainingState<Scalar>, member: Int = 0, best: Best? = nil, path: [Vector<Scalar>] = []) {
      self.state = state
      self.member = member
      self.best = best
      self.path = path
    }
  }

  /// The networks that are being trained, by their member's number.
  public let trainings: [Training]
  /// The point parameters of an ensemble's members that are done, by number.
  public let finished: [Int: Vector<Scalar>]

  /// - Precondition: There is a network, and no member is there twice.
  public init(_ trainings: [Training], finished: [Int: Vector<Scalar>] = [:]) {
    let numbers = Set(trainings.map(\.member)).union(finished.keys)
    precondition(
      !numbers.isEmpty && numbers.count == trainings.count + finished.count && numbers.allSatisfy { $0 >= 0 },
      "members \(trainings.map(\.member)) in training and \(finished.keys.sorted()) done are no ensemble")
    self.trainings = trainings.sorted { $0.member < $1.member }
    self.finished = finished
  }

  /// The training of a single network.
  public init(_ state: TrainingState<Scalar>) {
    self.init([Training(state)])
  }

  /// The bytes of the file.
  public func encode() -> [UInt8] {
    var file = SafeTensors(metadata: [
      "format": Self.format, "version": Self.version, "trainings": Self.list(trainings.map(\.member)),
      "members": Self.list(finished.keys.sorted()),
    ])
    for (index, training) in trainings.enumerated() {
      Self.write(training, to: &file, CheckpointNames(index: index, member: training.member))
    }
    for (number, member) in finished { file.set("members.\(number)", member) }
    return file.encode()
  }

  private static func write(_ training: Training, to file: inout SafeTensors, _ name: CheckpointNames) {
    file.metadata[name("step")] = String(training.state.step)
    file.metadata[name("optimizer")] = String(training.state.optimizer.count)
    file.set(name("parameters"), training.state.parameters)
    for (index, buffer) in training.state.optimizer.enumerated() { file.set(name("optimizer.\(index)"), buffer) }
    if !training.path.isEmpty { file.metadata[name("path")] = String(training.path.count) }
    for (index, point) in training.path.enumerated() { file.set(name("path.\(index)"), point) }
    write(training.state.collected, to: &file, name("collected"))
    guard let best = training.best else { return }
    file.metadata[name("best.step")] = String(best.step)
    file.metadata[name("best.score")] = String(best.score)
    file.metadata[name("best.waited")] = String(best.waited)
    file.set(name("best.parameters"), best.parameters)
    write(best.collected, to: &file, name("best.collected"))
  }

  private static func write(_ collected: CollectedIterates<Scalar>, to file: inout SafeTensors, _ name: String) {
    file.metadata[name] = String(collected.buffers.count)
    file.metadata["\(name).count"] = String(collected.count)
    for (index, buffer) in collected.buffers.enumerated() { file.set("\(name).\(index)", buffer) }
  }

  private static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }

  static var format: String { "hpsearch-training-state" }
  static var version: String { "3" }
}

/// What the tensors and the metadata of a training are called: the first one's names stand alone.
struct CheckpointNames {
  private let prefix: String

  init(index: Int, member: Int) { prefix = index == 0 ? "" : "also.\(member)." }

  func callAsFunction(_ name: String) -> String { prefix + name }
}
