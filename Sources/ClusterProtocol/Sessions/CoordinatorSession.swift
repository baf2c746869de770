package import StudyModel

/// The address of a peer, as the transport knows it. A worker that reconnects has another one.
package struct PeerID: Hashable, Sendable {
  package var bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }
}

/// The coordinator's side of the protocol, as a value: who works, who holds which run, what is on disk and what has to
/// be said. It knows no sockets, no files and no clock: time comes in as an argument (since any fixed moment), and
/// every event returns the list of what is to be done.
///
/// The service that owns a session carries the actions of a turn out in this order: saves checkpoints, commits every
/// `append` in one transaction, and only then sends. A worker is therefore never told of something that a crash could
/// undo.
package struct CoordinatorSession: ~Copyable {
  package enum Action: Hashable, Sendable {
    case send(CoordinatorMessage, to: PeerID)
    /// Send the assignment, with the bytes of the checkpoint if there is one.
    case assign(Attempt, to: PeerID, checkpoint: CheckpointReference?)
    case append(StudyEvent)
    /// Put the bytes on disk and call `checkpointSaved`.
    case saveCheckpoint(Attempt, step: Int, bytes: [UInt8])
    /// Nothing refers to it any more.
    case discardCheckpoint(CheckpointReference)
    /// Lines for the log of a run.
    case log(Attempt, worker: String, [LogLine])
    /// End a local worker that does not answer; it is started again.
    case kill(worker: String)
    /// A line for the coordinator's own log.
    case note(LogLevel, String)
  }

  package struct Settings: Sendable {
    package var welcome: Welcome
    /// A worker that is silent for so long is lost.
    package var patience = Duration.seconds(6)
    /// A run that killed so many workers is failed.
    package var maximumDeaths = 3
    /// The metric that every result must have.
    package var metric: String
    /// Whether workers may hold runs ahead of their slots. Not for strategies that learn: they would decide too early.
    package var mayPrefetch: Bool

    package init(welcome: Welcome, metric: String, mayPrefetch: Bool) {
      self.welcome = welcome
      self.metric = metric
      self.mayPrefetch = mayPrefetch
    }

    var heartbeat: Duration { .seconds(welcome.heartbeat) }
  }

  package internal(set) var state: StudyState
  package private(set) var isDraining = false
  let settings: Settings
  var queue: RunQueue
  private var roster = WorkerRoster()
  /// Leases of an earlier coordinator whose workers have not come back yet, and until when they may.
  private var orphans: [Attempt: Duration] = [:]
  /// What the first worker computes with.
  private var arithmetic: String?
  var checkpoints = CheckpointAssembly()
  private var tickedAt: Duration
  private var acknowledgements: [PeerID: [Attempt]] = [:]
  var completed: [CompletedTrial] = []

  /// - Parameter state: the fold over the events of the store: empty for a new study.
  package init(settings: Settings, state: StudyState, at now: Duration) {
    self.settings = settings
    self.state = state
    self.queue = RunQueue(state)
    tickedAt = now
    for run in state.trials.lazy.flatMap(\.runs) where run.state == .running {
      // Local workers died with the coordinator that started them; the others get time to come back.
      let isLocal = run.worker?.hasPrefix(Self.localPrefix) ?? true
      orphans[run.currentAttempt] = isLocal ? now : now + settings.patience
    }
  }

  /// The names of workers that a coordinator starts by itself begin with this.
  package static let localPrefix = "local-"

  package var workers: [WorkerRoster.Worker] { roster.workers }
  package var isIdle: Bool { orphans.isEmpty && roster.workers.allSatisfy(\.leases.isEmpty) }
  package var queuedRuns: Int { queue.count }
  /// The slots of the workers that take work.
  package var slots: Int { roster.workers.reduce(0) { $0 + ($1.isLeaving ? 0 : $1.slots) } }

  /// How many more runs the workers could take beyond those that are queued.
  package var hunger: Int {
    guard !isDraining else { return 0 }
    return max(0, roster.workers.reduce(0) { $0 + max(0, capacity(of: $1) - $1.leases.count) } - queue.count)
  }

  package var hasCompleted: Bool { !completed.isEmpty }

  /// The trials that became final since the last call, in the order in which they did.
  package mutating func takeCompleted() -> [CompletedTrial] {
    defer { completed = [] }
    return completed
  }

  // MARK: Events

  package mutating func receive(_ message: WorkerMessage, from peer: PeerID, at now: Duration) -> [Action] {
    if case .hello(let hello) = message { return join(hello, from: peer, at: now) }
    if case .log(let attempt, let lines) = message {
      // Also from a worker that has to say hello first: what it logged in the meantime is true all the same.
      let worker = roster.heard(from: peer, at: now)
      guard let run = state[attempt.run], attempt.number <= run.attempt else { return [] }
      let unknown: [Action] = worker == nil ? [.send(.unknown, to: peer)] : []
      return [.log(attempt, worker: worker?.name ?? run.worker ?? "", lines)] + unknown
    }
    guard let worker = roster.heard(from: peer, at: now) else { return [.send(.unknown, to: peer)] }
    switch message {
    case .hello, .log, .heartbeat: return []
    case .report(let attempt, let step, let total, let metrics):
      guard worker.leases.contains(attempt) else { return [.send(.cancel(attempt), to: peer)] }
      let metrics = metrics.filter(\.value.isFinite)
      roster.report(attempt, from: peer, step: step, total: total, metrics: metrics)
      return [append(.runReported(attempt, step: step, metrics: metrics))]
    case .checkpoint(let attempt, let step, let size, let offset, let bytes):
      guard worker.leases.contains(attempt) else { return [.send(.cancel(attempt), to: peer)] }
      let whole = checkpoints.add(bytes, at: offset, of: size, to: attempt, step: step)
      return whole.map { [.saveCheckpoint(attempt, step: step, bytes: $0)] } ?? []
    case .survey(let attempt, let survey):
      guard worker.leases.contains(attempt) else { return [.send(.cancel(attempt), to: peer)] }
      guard let exploration = state.trials[attempt.run.trial].exploration, survey.fits(exploration) else {
        return [.note(.warning, "what \(attempt) found is not of what it was to explore, and is ignored")]
      }
      return [append(.runSurveyed(attempt, survey))]
    case .result(let attempt, let outcome, let seconds):
      acknowledgements[peer, default: []].append(attempt)
      // A result that came twice, or of an attempt that was given to another worker: acknowledged, and dropped.
      guard worker.leases.contains(attempt) else { return [] }
      // What fails at once says nothing of how long a run takes, and a machine where all runs fail shall not get many.
      roster.returned(attempt, by: peer, seconds: outcome.state == .done ? seconds : nil)
      if let reason = state.missingPart(of: attempt.run, outcome) {
        // Blamed: what never arrives would be computed for ever.
        return release(attempt, reason: reason, blamed: true)
      }
      let outcome = state.isForItself(attempt.run) ? outcome.checked(for: settings.metric) : outcome
      return finish(attempt, outcome, seconds: seconds, worker: worker.name)
    case .released(let attempt):
      roster.rest(peer)
      guard worker.leases.contains(attempt) else { return [] }
      roster.returned(attempt, by: peer, seconds: nil)
      return release(attempt, reason: "stopped on request", blamed: false)
    case .goodbye(let reason):
      return remove(worker, reason: "worker \(worker.name) left: \(reason)", blamed: false)
    }
  }

  /// Bytes that could not be decoded.
  package mutating func receive(undecodable error: any Error, from peer: PeerID) -> [Action] {
    let note = Action.note(.warning, "a message that cannot be read was ignored: \(error)")
    guard let mismatch = error as? VersionMismatch else { return [note] }
    return [
      note, .send(.rejected(reason: "this coordinator cannot work with it: \(mismatch.forTheOtherEnd)"), to: peer),
    ]
  }

  /// A worker's process is known to have ended.
  package mutating func workerDied(name: String, reason: String) -> [Action] {
    guard let worker = roster.workers.first(where: { $0.name == name }) else { return [] }
    return remove(worker, reason: "worker \(name) died: \(reason)", blamed: true)
  }

  /// Time passed: finds lost workers and orphaned runs, and gives signs of life.
  package mutating func tick(at now: Duration) -> [Action] {
    var actions: [Action] = []
    if now - tickedAt > settings.heartbeat * 2 {
      // This process did not run for a while (the machine slept, say): that was its silence and not theirs.
      roster.forgive(at: now)
      for attempt in orphans.keys { orphans[attempt]? += now - tickedAt }
    }
    tickedAt = now
    for worker in roster.workers where now - worker.heard >= settings.patience {
      let silence = "worker \(worker.name) was silent for \(settings.patience.components.seconds) s"
      // A local worker's death is seen otherwise: this one lives, and hangs.
      let isLocal = worker.name.hasPrefix(Self.localPrefix)
      actions += remove(worker, reason: silence, blamed: !isLocal)
      if isLocal { actions.append(.kill(worker: worker.name)) }
    }
    for (attempt, deadline) in orphans.sorted(by: { $0.key < $1.key }) where deadline <= now {
      orphans[attempt] = nil
      actions += release(attempt, reason: "its worker did not come back after the coordinator's restart", blamed: false)
    }
    for peer in roster.takeQuiet(since: now - settings.heartbeat, at: now) {
      actions.append(.send(.heartbeat, to: peer))
    }
    return actions
  }

  /// The strategy proposed the next trial.
  package mutating func asked(_ point: Point, note: JSONValue?) -> [Action] {
    let trial = state.trials.count
    let actions = [append(.trialAsked(trial: trial, point: point, note: note))]
    let runs = state.plan.runs(ofTrial: trial)
    queue.append(state.plan.memberRuns == 0 ? runs : runs.filter { state.isReady($0) })
    return actions
  }

  package mutating func checkpointSaved(_ attempt: Attempt, _ checkpoint: CheckpointReference) -> [Action] {
    guard let run = state[attempt.run], run.state == .running, run.currentAttempt == attempt else {
      return discard(checkpoint)
    }
    return [append(.runCheckpointed(attempt, checkpoint))] + discard(run.checkpoint)
  }

  /// Hands out work and acknowledges what this turn took in. Called once at the end of each turn.
  package mutating func dispatch(at now: Duration) -> [Action] {
    var actions = acknowledgements.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
      .map { Action.send(.acknowledged($0.value), to: $0.key) }
    acknowledgements = [:]
    guard !isDraining else { return actions }
    while !queue.isEmpty, let worker = hungriest(), let id = queue.next(), let run = state[id] {
      let attempt = Attempt(run: id, number: run.attempt + 1)
      actions.append(append(.runAssigned(attempt, worker: worker.name)))
      actions.append(.assign(attempt, to: worker.peer, checkpoint: run.checkpoint))
      roster.lease(attempt, to: worker.peer, at: now)
    }
    return actions
  }

  /// Takes all runs back, after a checkpoint each. Nothing is handed out any more.
  package mutating func drain() -> [Action] {
    guard !isDraining else { return [] }
    isDraining = true
    return roster.workers.map { .send(.drain, to: $0.peer) }
  }

  /// Sends the workers home.
  package mutating func finish() -> [Action] {
    roster.workers.map { .send(.finished, to: $0.peer) }
  }

  // MARK: Parts

  mutating func append(_ event: StudyEvent) -> Action {
    do {
      try state.apply(event)
    } catch {
      preconditionFailure("the session made an event that does not fit: \(error)")
    }
    return .append(event)
  }

  private mutating func join(_ hello: Hello, from peer: PeerID, at now: Duration) -> [Action] {
    if roster.isCrossed(hello, from: peer) {
      _ = roster.heard(from: peer, at: now)
      return []
    }
    let (worker, isNew) = roster.join(hello, from: peer, at: now)
    var welcome = settings.welcome
    welcome.serial = hello.serial
    var actions: [Action] = [.send(.welcome(welcome), to: peer)]
    if isNew {
      let slots = hello.slots == 1 ? "1 slot" : "\(hello.slots) slots"
      actions.append(
        .note(.info, "worker \(worker.name) joined with \(slots) (\(hello.host), process \(hello.processID))"))
    }
    if arithmetic == nil { arithmetic = hello.arithmetic }
    if let arithmetic, isNew, hello.arithmetic != arithmetic {
      actions.append(
        .note(
          .warning,
          "worker \(worker.name) computes with \(hello.arithmetic), the first worker with \(arithmetic): scores from the "
            + "two differ in their last digits, and repeat exactly only on equal machines"))
    }
    for attempt in hello.leases where !worker.leases.contains(attempt) {
      if orphans.removeValue(forKey: attempt) != nil {
        roster.lease(attempt, to: peer, at: now)
      } else if let run = state[attempt.run], run.state == .queued, run.currentAttempt == attempt, !isDraining {
        // It was given up too early, and nobody else has begun: hours of work may be in it.
        queue.remove(attempt.run)
        actions.append(append(.runReclaimed(attempt, worker: worker.name)))
        actions.append(.note(.info, "worker \(worker.name) came back with \(attempt.run), and goes on with it"))
        roster.lease(attempt, to: peer, at: now)
      } else {
        actions.append(.send(.cancel(attempt), to: peer))
      }
    }
    // What was sent and never arrived.
    for attempt in worker.leases where !hello.leases.contains(attempt) {
      roster.returned(attempt, by: peer, seconds: nil)
      actions.append(.send(.cancel(attempt), to: peer))
      actions += release(attempt, reason: "the assignment did not reach worker \(worker.name)", blamed: false)
    }
    if isDraining { actions.append(.send(.drain, to: peer)) }
    return actions
  }

  private mutating func remove(_ worker: WorkerRoster.Worker, reason: String, blamed: Bool) -> [Action] {
    roster.remove(worker.peer)
    let isOrderly = !blamed && worker.leases.isEmpty
    var actions: [Action] = [.note(isOrderly ? .info : .warning, reason)]
    // Runs start in the order of their leases: only the first ones, one for each slot, can have killed the worker.
    for (index, attempt) in worker.leases.enumerated() {
      actions += release(attempt, reason: reason, blamed: blamed && index < worker.slots)
    }
    return actions
  }

  private func capacity(of worker: WorkerRoster.Worker) -> Int {
    worker.isLeaving ? 0 : worker.slots * (settings.mayPrefetch ? worker.prefetch : 1)
  }

  private func hungriest() -> WorkerRoster.Worker? {
    var hungriest: WorkerRoster.Worker?
    for worker in roster.workers where worker.leases.count < capacity(of: worker) {
      if let best = hungriest, best.leases.count * worker.slots <= worker.leases.count * best.slots { continue }
      hungriest = worker
    }
    return hungriest
  }
}
