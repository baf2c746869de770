package import ClusterProtocol
import Foundation
package import Logging
package import SearchStrategies
package import StudyModel
package import StudyStore

/// The coordinator as a service: one event loop that takes messages in, commits what they changed in one transaction,
/// and only then answers. Strategy, store, transport and session are handed in or made here; none knows the others.
package final class Coordinator {
  package enum Ending: Hashable, Sendable {
    case finished
    /// Stopped by a signal; the study can be resumed.
    case interrupted
  }

  /// What a coordinator works with.
  package struct Parts {
    package var store: any StudyStore
    package var logs: LogWriter
    package var checkpoints: CheckpointStore
    package var transport: any CoordinatorTransport
    package var strategy: any SearchStrategy
    package var localWorkers: LocalWorkers?
    package var signals: SignalPipe?
    package var logger: Logger
    /// Called after each turn, on the coordinator's thread.
    package var observe: (CoordinatorProgress) -> Void = { _ in }

    package init(
      store: any StudyStore, logs: LogWriter, checkpoints: CheckpointStore, transport: any CoordinatorTransport,
      strategy: any SearchStrategy, localWorkers: LocalWorkers?, signals: SignalPipe?, logger: Logger
    ) {
      self.store = store
      self.logs = logs
      self.checkpoints = checkpoints
      self.transport = transport
      self.strategy = strategy
      self.localWorkers = localWorkers
      self.signals = signals
      self.logger = logger
    }
  }

  var parts: Parts
  private let objective: SweepConfiguration.Objective
  let budget: Int
  var session: CoordinatorSession
  var progress: CoordinatorProgress
  var asked: [Point]
  var pending: [PendingTrial]
  var isExhausted = false
  /// Whether the strategy had nothing to suggest before a trial that runs is done.
  var waitsForTrial = false
  /// Where the strategy thinks, if it learns; otherwise it is asked directly.
  let strategyThread: StrategyThread?
  /// How many trials the strategy was told of.
  var told: Int
  /// What the suggestion sees that the strategy thinks about.
  var requested: DecisionNote?
  /// The next trials, in their order.
  var prepared: [Prepared] = []
  var pacing = AskPacing()
  let start = Uptime.now
  private var interruptedAt: Duration?
  private var tidiedAt = Uptime.now

  /// - Parameters:
  ///   - directory: the folder that relative paths of the sweep file start from, for the workers.
  ///   - budget: the number of trials; what the store has of them counts.
  /// - Throws: `StoreError` when the events of the store cannot be read or do not fit together.
  package init(
    configuration: SweepConfiguration, directory: String, budget: Int, parts: Parts
  ) throws {
    self.parts = parts
    self.budget = budget
    objective = configuration.objective
    let header = try parts.store.header()
    let state = try parts.store.replay()
    // The budget may grow while workers wait for the study to go on: they are told of none.
    var shared = configuration
    shared.strategy.trials = 1
    let welcome = Welcome(
      study: header.name, configuration: shared.json.serialized(), directory: directory, heartbeat: 1,
      begunAt: header.createdAt)
    let settings = CoordinatorSession.Settings(
      welcome: welcome, metric: configuration.objective.metric, mayPrefetch: !parts.strategy.learns)
    asked = state.trials.map(\.point)
    pending = state.trials.filter { !$0.state.isFinal }.map { PendingTrial(number: $0.number, point: $0.point) }
    progress = CoordinatorProgress(budget: budget)
    for run in state.trials.lazy.flatMap(\.runs) where run.state.isFinal {
      if run.state == .done { progress.runsDone += 1 } else { progress.runsFailed += 1 }
    }
    for run in state.trials.lazy.flatMap(\.runs) where state.needsCheckpoint(of: run.id) {
      guard let checkpoint = run.checkpoint else { continue }
      parts.checkpoints.retain(checkpoint)
      if !run.state.isFinal { progress.stepsBefore[run.id] = checkpoint.step }
    }
    _ = try parts.checkpoints.removeUnreferenced()
    let history = DecisionHistory(state, events: try parts.store.events())
    if parts.strategy.learns {
      strategyThread = StrategyThread(parts.strategy, restoring: history, wake: parts.transport.waker)
    } else {
      history.restore(&self.parts.strategy)
      strategyThread = nil
    }
    told = history.completed.count
    pacing.completed(history.completed)
    for trial in history.completed { progress.count(trial, metric: objective.metric, goal: objective.goal) }
    if let best = progress.best { try parts.store.setBest(trial: best.trial) }
    session = CoordinatorSession(settings: settings, state: state, at: Uptime.now)
  }

  /// Works until every trial of the budget is final, or a signal asks for the end.
  ///
  /// - Throws: `StoreError` when a commit fails (a full disk, say): nothing that was acknowledged is lost, and the same
  ///   command resumes. `LaunchError` when local workers cannot live.
  package func run(localWorkers count: Int) throws -> Ending {
    try parts.store.setStatus(StudyStatus(.running, at: Self.wallClock, message: nil))
    do {
      try parts.localWorkers?.start(isComplete ? 0 : count, at: Uptime.now)
      while !isComplete {
        if let ending = try turn() { return ending }
      }
    } catch {
      // Where the store itself is the trouble this cannot be kept either.
      try? parts.store.setStatus(StudyStatus(.failed, at: Self.wallClock, message: "\(error)"))
      throw error
    }
    try parts.store.setStatus(StudyStatus(.finished, at: Self.wallClock, message: nil))
    try leave(session.finish())
    return .finished
  }

  private var isComplete: Bool {
    pending.isEmpty && prepared.isEmpty && session.isIdle && (asked.count >= budget || isExhausted)
  }

  /// One turn of the event loop. Returns the ending when a drain is over.
  private func turn() throws -> Ending? {
    try learn()
    if isComplete { return nil }
    var actions: [CoordinatorSession.Action] = []
    let mayAsk = strategyThread == nil && mayStart && session.hunger > 0
    let messages = try parts.transport.receive(timeout: mayAsk ? .zero : .milliseconds(100))
    let now = Uptime.now
    for (peer, bytes) in messages {
      do {
        actions += try saving(session.receive(WorkerMessage(decoding: bytes), from: peer, at: now))
      } catch let error as WireError {
        actions += session.receive(undecodable: error, from: peer)
      } catch let error as VersionMismatch {
        actions += session.receive(undecodable: error, from: peer)
      }
    }
    for complaint in try parts.transport.complaints() { actions.append(.note(.warning, complaint)) }
    for death in try parts.localWorkers?.reap(at: now) ?? [] {
      let released = session.workerDied(name: death.name, reason: death.reason)
      if released.contains(where: \.blamesRun) { parts.localWorkers?.excuse(death.name) }
      actions += released
    }
    for worker in session.workers { parts.localWorkers?.joined(worker.name) }
    actions += session.tick(at: now)
    if let ending = try handleSignals(&actions, at: now) { return ending }
    if strategyThread != nil, session.hasCompleted {
      // Store before tell, tell before the next ask: a decision sees every result that was there.
      try carryOut(actions)
      actions = []
      try learn()
    }
    actions += try ask()
    actions += session.dispatch(at: now)
    try carryOut(actions)
    reportProgress(at: now)
    if messages.isEmpty, now - tidiedAt >= .seconds(1) {
      parts.store.idle()
      tidiedAt = now
    }
    return nil
  }

  /// Tells the strategy of the trials that became final, which are in the store by now.
  private func learn() throws {
    let completed = session.takeCompleted()
    guard !completed.isEmpty else { return }
    told += completed.count
    if let strategyThread {
      waitsForTrial = false
      strategyThread.tell(completed)
      pacing.completed(completed)
    } else {
      parts.strategy.tell(completed)
    }
    let best = progress.best?.trial
    for trial in completed { progress.count(trial, metric: objective.metric, goal: objective.goal) }
    if let trial = progress.best?.trial, trial != best { try parts.store.setBest(trial: trial) }
    let numbers = Set(completed.map(\.number))
    pending.removeAll { numbers.contains($0.number) }
  }

  // MARK: The end

  private func handleSignals(
    _ actions: inout [CoordinatorSession.Action], at now: Duration
  ) throws -> Ending? {
    let isAsked = parts.signals?.take().contains { $0 == SIGINT || $0 == SIGTERM } ?? false
    if let interruptedAt {
      // Draining: over when all runs are back; a second signal, or half a minute, ends it at once.
      let isOver = session.isIdle || isAsked || now - interruptedAt > .seconds(30)
      guard isOver else { return nil }
      try carryOut(actions)
      try parts.store.setStatus(StudyStatus(.interrupted, at: Self.wallClock, message: "stopped by a signal"))
      if session.isIdle { parts.localWorkers?.stopRestarting() }
      parts.localWorkers?.kill()
      parts.logs.closeAll()
      return .interrupted
    }
    if isAsked {
      interruptedAt = now
      parts.localWorkers?.stopRestarting()
      parts.logger.notice("stopping: running runs write a checkpoint (again Ctrl-C stops at once)")
      actions += session.drain()
    }
    return nil
  }

  private func leave(_ actions: [CoordinatorSession.Action]) throws {
    try carryOut(actions)
    parts.logs.closeAll()
    reportProgress(at: Uptime.now)
    if let share = progress.waitingShare {
      parts.logger.info("slots waited \((share * 1000).rounded() / 10) % of their time for the strategy")
    }
    parts.localWorkers?.wait(.seconds(3))
  }

  static var wallClock: Double { Date().timeIntervalSince1970 }
}

extension CoordinatorSession.Action {
  fileprivate var blamesRun: Bool {
    if case .append(.runReleased(_, _, blamed: true)) = self { true } else { false }
  }
}
