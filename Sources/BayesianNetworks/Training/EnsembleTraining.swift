import Dispatch
public import Probability
import Synchronization

/// Trains the members of an ensemble (Lakshminarayanan, Pritzel and Blundell 2017), one after another or several at once.
/// Members share nothing, so that they are the same whatever the number of threads. The linear algebra should have one
/// thread then (`BLAS.setThreads`).
public struct EnsembleTraining: Hashable, Sendable {
  public var members: Int
  /// Members that are trained at a time.
  public var threads: Int

  public init(members: Int, threads: Int = 1) {
    precondition(members >= 1 && threads >= 1, "\(members) members cannot be trained on \(threads) threads")
    self.members = members
    self.threads = threads
  }

  /// Makes all steps of every member.
  ///
  /// - Parameter make: The trainer of a member: with a key of its own, made by folding in the member's number.
  /// - Returns: The members' last states, in their order.
  /// - Throws: The error of the first member, by number, that failed. Members that had not begun are left out then.
  public func train<Scalar: DensityScalar>(
    _ make: @Sendable (Int) throws -> Trainer<Scalar>
  ) throws -> [TrainingState<Scalar>] {
    try run { member in
      let trainer = try make(member)
      while !trainer.isFinished { try trainer.step() }
      return trainer.state
    }
  }

  /// Runs `body` for every member, and gives its results in the members' order. See `train`.
  public func run<Result: Sendable>(_ body: @Sendable (Int) throws -> Result) throws -> [Result] {
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    let next = Atomic(0)
    let hasFailed = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: min(threads, members)) { _ in
      while !hasFailed.load(ordering: .relaxed) {
        let member = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard member < members else { return }
        let result = Swift.Result { try body(member) }
        if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
        results.withLock { $0[member] = result }
      }
    }
    return try results.withLock { found in try found.sorted { $0.key < $1.key }.map { try $0.value.get() } }
  }
}
