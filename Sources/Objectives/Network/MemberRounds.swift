import BayesianNetworks
import StudyModel
import Tensors

/// Trains the networks of a run: the only one, or the members of an ensemble or some of them, several at a time where there
/// are threads.
///
/// Members share nothing, so that each is the same whatever the number of threads. They are trained in rounds of some
/// milliseconds; between two rounds everything is still, so that it can be said, saved or stopped.
struct MemberRounds {
  private static let round = Duration.milliseconds(10)

  private let settings: MemberSettings
  private let threads: Int
  /// The members that this run is about, in order.
  private let own: [Int]
  /// Those that have not begun, in order.
  private var waiting: [Int]
  /// Those that have begun and are not done, and the last member of the ensemble once it has begun; by number.
  private(set) var trainings: [MemberTraining]
  /// The weights of the others that are done.
  private(set) var finished: [Int: Vector<Float>] = [:]
  /// Of the member of the lowest number that failed. Those before it go on, so that what a run says does not depend on the
  /// number of threads.
  private var failure: (member: Int, error: any Error)?
  /// Steps of a member.
  let totalSteps: Int
  let stepsPerEpoch: Int

  private var members: Int { settings.plan.members }

  /// - Parameter own: The members to train, in order; at least one.
  /// - Throws: `TrainingError` where the settings do not fit the data.
  init(_ settings: MemberSettings, own: [Int], threads: Int) throws {
    precondition(!own.isEmpty, "a run without a network to train")
    self.settings = settings
    self.threads = threads
    self.own = own
    let first = try MemberTraining(own[0], settings)
    (totalSteps, stepsPerEpoch) = (first.totalSteps, first.stepsPerEpoch)
    trainings = [first]
    waiting = Array(own.dropFirst())
    try begin()
  }

  /// The training of the last member, which holds what a run without an ensemble needs. It exists when all is done.
  var last: MemberTraining { trainings[trainings.count - 1] }

  /// The weights of all members but the last, by number.
  var others: [Vector<Float>] { finished.sorted { $0.key < $1.key }.map(\.value) }

  /// Steps made, of all members.
  var position: Int {
    finished.count * totalSteps + trainings.reduce(0) { $0 + $1.state.step }
  }

  var isDone: Bool { waiting.isEmpty && trainings.allSatisfy(\.isDone) }

  /// Steps of all its members.
  var allSteps: Int { own.count * totalSteps }

  /// A step of the training, or a round of those that are trained together. Says what there is to say.
  ///
  /// - Throws: `MemberTraining.Divergence`
  mutating func advance(_ context: any RunContext) throws {
    if threads == 1 {
      try step(trainings[0], context)
    } else {
      try round(context)
    }
  }

  /// A loop that is as short as can be: a step may take some microseconds.
  private mutating func step(_ training: MemberTraining, _ context: any RunContext) throws {
    try training.step()
    say(training, to: context)
    guard training.isDone else { return }
    finish()
    try begin()
  }

  private mutating func round(_ context: any RunContext) throws {
    let working = Array(trainings.lazy.filter { !$0.isDone }.prefix(threads))
    let errors = Self.advance(working)
    for (training, error) in zip(working, errors) {
      say(training, to: context)
      if let error, training.member < failure?.member ?? .max { failure = (training.member, error) }
    }
    finish()
    if let failure, trainings.allSatisfy(\.isDone) { throw failure.error }
    try begin()
  }

  private static func advance(_ working: [MemberTraining]) -> [(any Error)?] {
    let deadline = ContinuousClock.now + round
    // It throws nothing: every error is a result.
    let errors = try? EnsembleTraining(members: working.count, threads: working.count)
      .run { member -> (any Error)? in
        do {
          try working[member].advance(until: deadline)
          return nil
        } catch {
          return error
        }
      }
    return errors ?? []
  }

  /// Begins as many members as there are threads for.
  private mutating func begin() throws {
    var free = threads - trainings.lazy.filter { !$0.isDone }.count
    while free > 0, let next = waiting.first, next < failure?.member ?? members {
      waiting.removeFirst()
      let place = trainings.firstIndex { $0.member > next } ?? trainings.endIndex
      trainings.insert(try MemberTraining(next, settings), at: place)
      free -= 1
    }
  }

  private mutating func finish() {
    let weights = settings.plan.model.parameterCount
    for training in trainings where training.isDone && training.member < members - 1 {
      finished[training.member] = training.finalState.parameters[0..<weights]
    }
    trainings.removeAll { finished[$0.member] != nil || $0.member >= failure?.member ?? .max }
  }

  private func say(_ training: MemberTraining, to context: any RunContext) {
    for remark in training.takeRemarks() {
      switch remark {
      case .log(let line): context.log(.info, line)
      case .report(let metrics): context.report(step: position, of: allSteps, metrics: metrics)
      }
    }
  }

  // MARK: Checkpoints

  /// Nil where a member has diverged.
  var checkpoint: Checkpoint<Float>? {
    failure == nil && trainings.allSatisfy(\.isSound) ? Checkpoint(trainings.map(\.snapshot), finished: finished) : nil
  }

  /// Reads a checkpoint of the same run, or of one that trained some of its members, whatever the number of threads.
  ///
  /// - Precondition: Nothing was trained yet.
  /// - Throws: `CheckpointError` or `TrainingError` when it is another's or damaged.
  func checkpoint(decoding bytes: [UInt8]) throws -> Checkpoint<Float> {
    let checkpoint = try Checkpoint<Float>(
      decoding: bytes, expecting: trainings[0].state, pointCount: settings.plan.model.parameterCount)
    let numbers = checkpoint.trainings.map(\.member) + checkpoint.finished.keys
    let steps = checkpoint.trainings.map(\.state.step)
    guard Set(numbers).isSubset(of: own), checkpoint.finished[members - 1] == nil,
      steps.allSatisfy({ $0 <= totalSteps })
    else {
      throw CheckpointError.notATrainingState(
        reason:
          "it is of member \(numbers.max() ?? 0) and step \(steps.max() ?? 0), the run has \(members) and \(totalSteps)"
      )
    }
    return checkpoint
  }

  /// Goes on from these: from the first one that has a member.
  ///
  /// - Precondition: Nothing was trained yet.
  /// - Throws: `TrainingError` when a state is another's; nothing is changed then.
  mutating func resume(from checkpoints: [Checkpoint<Float>]) throws {
    var (resumed, weights): ([Int: MemberTraining], [Int: Vector<Float>]) = ([:], [:])
    for checkpoint in checkpoints {
      for (member, point) in checkpoint.finished where weights[member] == nil && resumed[member] == nil {
        weights[member] = point
      }
      for saved in checkpoint.trainings where weights[saved.member] == nil && resumed[saved.member] == nil {
        let training = try MemberTraining(saved.member, settings)
        try training.resume(from: saved)
        resumed[saved.member] = training
      }
    }
    trainings = resumed.values.sorted { $0.member < $1.member }
    finished = weights
    waiting = own.filter { resumed[$0] == nil && weights[$0] == nil }
    try begin()
  }
}
