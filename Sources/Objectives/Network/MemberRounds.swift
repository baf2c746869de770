import BayesianNetworks
import StudyModel
import Tensors

/// Trains the networks of a run: the only one, or the members of an ensemble, several at a time where there are threads.
///
/// Members share nothing, so that each is the same whatever the number of threads. They are trained in rounds of some
/// milliseconds; between two rounds everything is still, so that it can be said, saved or stopped.
struct MemberRounds {
  private static let round = Duration.milliseconds(10)

  private let settings: MemberSettings
  private let threads: Int
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

  /// - Throws: `TrainingError` where the settings do not fit the data.
  init(_ settings: MemberSettings, threads: Int) throws {
    self.settings = settings
    self.threads = threads
    let first = try MemberTraining(0, settings)
    (totalSteps, stepsPerEpoch) = (first.totalSteps, first.stepsPerEpoch)
    trainings = [first]
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

  var isDone: Bool { finished.count == members - 1 && trainings.allSatisfy(\.isDone) }

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
    if let failure, trainings.isEmpty { throw failure.error }
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
    var next = max(finished.keys.max() ?? -1, trainings.last?.member ?? -1) + 1
    let end = failure?.member ?? members
    var free = threads - trainings.lazy.filter { !$0.isDone }.count
    while free > 0, next < end {
      trainings.append(try MemberTraining(next, settings))
      next += 1
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
      case .report(let metrics): context.report(step: position, of: members * totalSteps, metrics: metrics)
      }
    }
  }

  // MARK: Checkpoints

  /// Nil where a member has diverged.
  var checkpoint: Checkpoint<Float>? {
    failure == nil && trainings.allSatisfy(\.isSound) ? Checkpoint(trainings.map(\.snapshot), finished: finished) : nil
  }

  /// Goes on from the checkpoint of the same run, whatever the number of threads that it was made with.
  ///
  /// - Precondition: Nothing was trained yet.
  /// - Throws: `CheckpointError` or `TrainingError` when it is another's or damaged; nothing is changed then.
  mutating func resume(from bytes: [UInt8]) throws {
    let checkpoint = try Checkpoint<Float>(
      decoding: bytes, expecting: trainings[0].state, pointCount: settings.plan.model.parameterCount)
    let numbers = checkpoint.trainings.map(\.member) + checkpoint.finished.keys
    let steps = checkpoint.trainings.map(\.state.step)
    guard numbers.allSatisfy({ $0 < members }), Set(numbers) == Set(0..<numbers.count),
      checkpoint.finished[members - 1] == nil, steps.allSatisfy({ $0 <= totalSteps })
    else {
      throw CheckpointError.notATrainingState(
        reason:
          "it is of member \(numbers.max() ?? 0) and step \(steps.max() ?? 0), the run has \(members) and \(totalSteps)"
      )
    }
    var resumed: [MemberTraining] = []
    for saved in checkpoint.trainings {
      let training = try MemberTraining(saved.member, settings)
      try training.resume(from: saved)
      resumed.append(training)
    }
    trainings = resumed
    finished = checkpoint.finished
    try begin()
  }
}
