package import StudyModel

/// The worker's side of the protocol, as a value. Time comes in as an argument, every event returns what is to be done.
package struct WorkerSession: ~Copyable {
  package enum Action: Hashable, Sendable {
    case send(WorkerMessage)
    /// The first welcome: get ready for the runs of this study.
    case prepare(Welcome)
    case start(Assignment, slot: Int)
    /// Ask the run for a checkpoint and its end.
    case stop(Attempt)
    case note(LogLevel, String)
    case end(Ending)
  }

  package enum Ending: Hashable, Sendable {
    case finished
    case rejected(reason: String)
    case abandoned(seconds: Int)
  }

  /// How a run ended, seen from its slot.
  package enum RunEnding: Hashable, Sendable {
    case ended(RunOutcome, seconds: Double)
    case interrupted
  }

  private struct Result: Hashable {
    var attempt: Attempt
    var outcome: RunOutcome
    var seconds: Double

    var message: WorkerMessage { .result(attempt, outcome, seconds: seconds) }
  }

  private enum Link: Equatable {
    /// Hello was said, last at this time; alone since that time.
    case joining(saidHello: Duration, since: Duration)
    case joined(heard: Duration)
  }

  private var hello: Hello
  private let patience: Duration
  private var link: Link
  private var welcome: Welcome?
  private var slots: [Attempt?]
  private var waiting: [Assignment] = []
  private var unacknowledged: [Result] = []
  /// Running attempts that the coordinator took away: what they still say interests nobody.
  private var cancelled: Set<Attempt> = []
  private var isDraining = false
  /// Leaving for good: no welcome changes that any more.
  private var isLeaving = false
  private var hasComplained = false
  private var spoke: Duration
  /// Log lines of the time without a coordinator.
  private var heldBack: [(Attempt, [LogLine])] = []
  private static let mostHeldBack = 10_000

  /// - Parameter patience: how long to look for a coordinator before giving up.
  package init(hello: Hello, patience: Duration, at now: Duration) {
    self.hello = hello
    self.patience = patience
    slots = Array(repeating: nil, count: hello.slots)
    link = .joining(saidHello: now, since: now)
    spoke = now
  }

  /// What is said first.
  package func start() -> [Action] { [.send(.hello(hello))] }

  package var isJoined: Bool { if case .joined = link { true } else { false } }

  private var heartbeat: Duration { .seconds(welcome?.heartbeat ?? 1) }

  private var held: [Attempt] {
    slots.compactMap { $0 }.filter { !cancelled.contains($0) } + waiting.map(\.attempt) + unacknowledged.map(\.attempt)
  }

  package mutating func receive(_ message: CoordinatorMessage, at now: Duration) -> [Action] {
    if case .joined = link { link = .joined(heard: now) }
    switch message {
    case .welcome(let welcome):
      hello.answered = max(hello.answered, welcome.serial)
      return welcomed(welcome, at: now)
    case .rejected(let reason): return [.end(.rejected(reason: reason))]
    case .unknown: return isJoined ? sayHello(at: now, since: now) : []
    case .heartbeat: return []
    case .assign(let assignment):
      guard !held.contains(assignment.attempt) else { return [] }
      if isDraining { return say(.released(assignment.attempt), at: now) }
      waiting.append(assignment)
      return fillSlots()
    case .acknowledged(let attempts):
      let attempts = Set(attempts)
      unacknowledged.removeAll { attempts.contains($0.attempt) }
      return []
    case .cancel(let attempt):
      waiting.removeAll { $0.attempt == attempt }
      unacknowledged.removeAll { $0.attempt == attempt }
      guard slots.contains(attempt) else { return [] }
      cancelled.insert(attempt)
      return [.stop(attempt)]
    case .drain:
      guard !isDraining else { return [] }
      isDraining = true
      let given = waiting.map(\.attempt)
      waiting = []
      return given.flatMap { say(.released($0), at: now) } + slots.compactMap { $0 }.map { .stop($0) }
    case .finished: return [.end(.finished)]
    }
  }

  /// Gives everything back, for good.
  package mutating func leave(at now: Duration) -> [Action] {
    isLeaving = true
    return receive(.drain, at: now)
  }

  /// A run reports, logs or hands over a checkpoint.
  package mutating func forward(_ message: WorkerMessage, of attempt: Attempt, at now: Duration) -> [Action] {
    guard !cancelled.contains(attempt) else { return [] }
    if !isJoined {
      if case .log(_, let lines) = message, heldBack.count < Self.mostHeldBack { heldBack.append((attempt, lines)) }
      return []
    }
    return say(message, at: now)
  }

  package mutating func ended(_ attempt: Attempt, _ ending: RunEnding, at now: Duration) -> [Action] {
    guard let slot = slots.firstIndex(of: attempt) else { return [] }
    slots[slot] = nil
    var actions: [Action] = []
    if cancelled.remove(attempt) == nil {
      switch ending {
      case .ended(let outcome, let seconds):
        let result = Result(attempt: attempt, outcome: outcome, seconds: seconds)
        unacknowledged.append(result)
        if isJoined { actions += say(result.message, at: now) }
      case .interrupted: actions += say(.released(attempt), at: now)
      }
    }
    return actions + fillSlots()
  }

  package mutating func tick(at now: Duration) -> [Action] {
    switch link {
    case .joining(let saidHello, let since):
      if now - since >= patience { return [.end(.abandoned(seconds: Int(patience.components.seconds)))] }
      if now - since >= .seconds(5), !hasComplained {
        hasComplained = true
        return [.note(.warning, "no coordinator answers yet; still looking")]
      }
      return now - saidHello >= .seconds(1) ? sayHello(at: now, since: since) : []
    case .joined(let heard):
      if now - heard >= heartbeat * 6 {
        return [.note(.warning, "the coordinator is silent; running runs go on")] + sayHello(at: now, since: now)
      }
      return now - spoke >= heartbeat ? say(.heartbeat, at: now) : []
    }
  }

  private mutating func welcomed(_ welcome: Welcome, at now: Duration) -> [Action] {
    let isFirst = self.welcome == nil
    if let old = self.welcome,
      old.study != welcome.study || old.configuration != welcome.configuration || old.begunAt != welcome.begunAt
    {
      return [.end(.rejected(reason: "the coordinator now runs another study, \(welcome.study)"))]
    }
    hasComplained = false
    self.welcome = welcome
    link = .joined(heard: now)
    isDraining = isLeaving
    var actions: [Action] = isFirst ? [.prepare(welcome)] : []
    for (attempt, lines) in heldBack { actions += say(.log(attempt, lines), at: now) }
    heldBack = []
    return actions + unacknowledged.flatMap { say($0.message, at: now) }
  }

  private mutating func sayHello(at now: Duration, since: Duration) -> [Action] {
    link = .joining(saidHello: now, since: since)
    hello.leases = held
    hello.serial += 1
    return say(.hello(hello), at: now)
  }

  private mutating func say(_ message: WorkerMessage, at now: Duration) -> [Action] {
    spoke = now
    return [.send(message)]
  }

  private mutating func fillSlots() -> [Action] {
    var actions: [Action] = []
    for slot in slots.indices where slots[slot] == nil && !waiting.isEmpty {
      let assignment = waiting.removeFirst()
      slots[slot] = assignment.attempt
      actions.append(.start(assignment, slot: slot))
    }
    return actions
  }
}
