import ClusterProtocol
import StudyModel
import Testing

private let plan = RunPlan(folds: 2, seeds: 1)
private let alice = PeerID([1])
private let bob = PeerID([2])

private func session(
  _ state: StudyState = StudyState(plan: plan), mayPrefetch: Bool = false, at now: Duration = .zero
) -> CoordinatorSession {
  let welcome = Welcome(study: "s", configuration: "{}", directory: "/", heartbeat: 1)
  return CoordinatorSession(
    settings: CoordinatorSession.Settings(welcome: welcome, metric: "loss", mayPrefetch: mayPrefetch), state: state,
    at: now)
}

private func hello(
  _ name: String, slots: Int = 1, serial: Int = 1, answered: Int = 0, leases: [Attempt] = []
) -> WorkerMessage {
  .hello(
    Hello(
      token: "token-\(name)", name: name, host: "h", processID: 1, slots: slots, serial: serial, answered: answered,
      leases: leases))
}

private func attempt(_ trial: Int, _ index: Int, _ number: Int = 1) -> Attempt {
  Attempt(run: RunID(trial: trial, index: index), number: number)
}

extension [CoordinatorSession.Action] {
  fileprivate var events: [StudyEvent] {
    compactMap { if case .append(let event) = $0 { event } else { nil } }
  }
  fileprivate var assigned: [Attempt] {
    compactMap { if case .assign(let attempt, _, _) = $0 { attempt } else { nil } }
  }
}

@Suite struct CoordinatorSessionTests {
  private let done = RunOutcome.done(metrics: ["loss": 1])

  @Test func `a run goes from the queue to a worker to the store to the acknowledgement`() {
    var session = session()
    #expect(session.hunger == 0)
    #expect(
      session.receive(hello("a"), from: alice, at: .zero).first == .send(.welcome(session.welcomeForTest), to: alice))
    #expect(session.hunger == 1)
    _ = session.asked(Point(), note: nil)
    #expect(session.dispatch(at: .zero).assigned == [attempt(0, 0)])
    #expect(session.dispatch(at: .zero).isEmpty)
    let result = session.receive(.result(attempt(0, 0), done, seconds: 2), from: alice, at: .seconds(1))
    #expect(result == [.append(.runFinished(attempt(0, 0), done, seconds: 2))])
    let next = session.dispatch(at: .seconds(1))
    #expect(next.first == .send(.acknowledged([attempt(0, 0)]), to: alice))
    #expect(next.assigned == [attempt(0, 1)])
    #expect(session.takeCompleted().isEmpty)
    _ = session.receive(.result(attempt(0, 1), done, seconds: 2), from: alice, at: .seconds(2))
    #expect(session.takeCompleted().map(\.number) == [0])
    #expect(session.takeCompleted().isEmpty)
    #expect(session.isIdle == true)
  }

  @Test func `a result that comes twice counts once and is acknowledged twice`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    #expect(session.receive(.result(attempt(0, 0), done, seconds: 1), from: alice, at: .zero).events.count == 1)
    _ = session.dispatch(at: .zero)
    #expect(session.receive(.result(attempt(0, 0), done, seconds: 1), from: alice, at: .zero).events.isEmpty)
    #expect(session.dispatch(at: .zero).contains(.send(.acknowledged([attempt(0, 0)]), to: alice)))
  }

  @Test func `a silent worker loses its run, and its late result changes nothing`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    for second in 1...5 { #expect(session.tick(at: .seconds(second)).events.isEmpty) }
    let lost = session.tick(at: .seconds(6)).events
    #expect(lost == [.runReleased(attempt(0, 0), reason: "worker a was silent for 6 s", blamed: true)])
    _ = session.receive(hello("b"), from: bob, at: .seconds(6))
    #expect(session.dispatch(at: .seconds(6)).assigned == [attempt(0, 0, 2)])
    // Alice was only paused.
    #expect(
      session.receive(.result(attempt(0, 0), done, seconds: 1), from: alice, at: .seconds(7)) == [
        .send(.unknown, to: alice)
      ])
    let back = session.receive(hello("a", leases: [attempt(0, 0)]), from: alice, at: .seconds(7))
    #expect(back.contains(.send(.cancel(attempt(0, 0)), to: alice)))
    #expect(session.receive(.result(attempt(0, 0), done, seconds: 1), from: alice, at: .seconds(7)).events.isEmpty)
    #expect(session.receive(.result(attempt(0, 0, 2), done, seconds: 1), from: bob, at: .seconds(7)).events.count == 1)
  }

  @Test func `a dead worker's run goes on from its checkpoint`() {
    var session = session()
    _ = session.receive(hello("local-1"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    let save = session.receive(
      .checkpoint(attempt(0, 0), step: 50, size: 1, offset: 0, bytes: [1]), from: alice, at: .zero)
    #expect(save == [.saveCheckpoint(attempt(0, 0), step: 50, bytes: [1])])
    let checkpoint = CheckpointReference(hash: "abc", bytes: 1, step: 50)
    #expect(session.checkpointSaved(attempt(0, 0), checkpoint).events == [.runCheckpointed(attempt(0, 0), checkpoint)])
    _ = session.workerDied(name: "local-1", reason: "signal 9 (Killed)")
    _ = session.receive(hello("local-2"), from: bob, at: .zero)
    #expect(session.dispatch(at: .zero).contains(.assign(attempt(0, 0, 2), to: bob, checkpoint: checkpoint)))
    // The checkpoint goes when the run is final.
    let end = session.receive(.result(attempt(0, 0, 2), done, seconds: 1), from: bob, at: .zero)
    #expect(end.contains(.discardCheckpoint(checkpoint)))
  }

  @Test func `a run that ends three workers is failed, the others of those workers are not`() {
    var session = session(mayPrefetch: true)
    for point in 0..<40 { _ = session.asked(Point(["x": .integer(point)]), note: nil) }
    var failures: [StudyEvent] = []
    _ = session.receive(hello("w"), from: PeerID([9]), at: .zero)
    // Very short runs: from now on this worker holds many.
    var first = session.dispatch(at: .zero).assigned
    #expect(first.count == 1)
    _ = session.receive(.result(first[0], done, seconds: 1e-6), from: PeerID([9]), at: .zero)
    first = session.dispatch(at: .zero).assigned
    #expect(first.count > 10)
    for round in 0..<3 {
      failures += session.workerDied(name: round == 0 ? "w" : "w\(round)", reason: "signal 11").events
        .filter { if case .runFinished = $0 { true } else { false } }
      _ = session.receive(hello("w\(round + 1)"), from: PeerID([UInt8(round)]), at: .zero)
      _ = session.dispatch(at: .zero)
    }
    #expect(failures.count == 1)
    guard case .runFinished(let failed, .failed(let reason), _) = failures.first else {
      Issue.record("no failure")
      return
    }
    #expect(failed == attempt(0, 1, 3))
    #expect(reason.contains("3 times") && reason.contains("signal 11"))
  }

  @Test func `after a restart remote workers come back with their runs, and local ones are not waited for`() throws {
    var state = StudyState(plan: plan)
    try state.apply(.trialAsked(trial: 0, point: Point(), note: nil))
    try state.apply(.runAssigned(attempt(0, 0), worker: "node7"))
    try state.apply(.runAssigned(attempt(0, 1), worker: "local-1"))
    var session = session(state, at: .seconds(100))
    #expect(session.isIdle == false)
    let released = session.tick(at: .seconds(100)).events
    #expect(released.count == 1 && session.queuedRuns == 1)
    #expect(session.receive(.heartbeat, from: alice, at: .seconds(101)) == [.send(.unknown, to: alice)])
    #expect(session.receive(hello("node7", leases: [attempt(0, 0)]), from: alice, at: .seconds(101)).events.isEmpty)
    for second in 102...106 { #expect(session.tick(at: .seconds(second)).events.isEmpty) }
    #expect(session.receive(.result(attempt(0, 0), done, seconds: 1), from: alice, at: .seconds(106)).events.count == 1)
  }

  @Test func `after a restart a remote worker that stays away loses its run in the end`() throws {
    var state = StudyState(plan: plan)
    try state.apply(.trialAsked(trial: 0, point: Point(), note: nil))
    try state.apply(.runAssigned(attempt(0, 0), worker: "node7"))
    var session = session(state, at: .zero)
    for second in 1...5 { #expect(session.tick(at: .seconds(second)).events.isEmpty) }
    #expect(session.tick(at: .seconds(6)).events.count == 1)
    // Not its fault: no death is counted.
    #expect(session.state[RunID(trial: 0, index: 0)]?.deaths == 0)
  }

  @Test func `an assignment that never arrived is handed out again under a new number`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    let again = session.receive(hello("a", leases: []), from: bob, at: .seconds(1))
    #expect(again.events.count == 1)
    #expect(again.contains(.send(.cancel(attempt(0, 0)), to: bob)))
    #expect(session.dispatch(at: .seconds(1)).assigned == [attempt(0, 0, 2)])
  }

  @Test func `draining hands nothing out and is over when all runs are back`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    #expect(session.drain() == [.send(.drain, to: alice)])
    #expect(session.hunger == 0)
    #expect(session.isIdle == false)
    let back = session.receive(.released(attempt(0, 0)), from: alice, at: .seconds(1))
    #expect(back.events == [.runReleased(attempt(0, 0), reason: "stopped on request", blamed: false)])
    #expect(session.dispatch(at: .seconds(1)).assigned.isEmpty)
    #expect(session.isIdle == true)
  }

  @Test(arguments: [
    (["other": 1.0], "no metric \"loss\""), (["loss": Double.nan], "is nan"), ([:], "it has none"),
    (["loss": Double.infinity], "is inf"),
  ])
  func `a result without a usable objective fails the run`(metrics: [String: Double], expected: String) {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    let events = session.receive(.result(attempt(0, 0), .done(metrics: metrics), seconds: 1), from: alice, at: .zero)
      .events
    guard case .runFinished(_, .failed(let reason), _)? = events.first else {
      Issue.record("not failed")
      return
    }
    #expect(reason.contains(expected))
  }

  @Test func `another version is rejected with a remedy, garbage is noted`() {
    var session = session()
    let rejection = session.receive(undecodable: VersionMismatch(theirs: 9), from: alice)
    guard case .send(.rejected(let reason), alice)? = rejection.last else {
      Issue.record("not rejected")
      return
    }
    #expect(reason.contains("version 9") && reason.contains("same release"))
    #expect(session.receive(undecodable: WireError("nonsense"), from: alice).count == 1)
  }

  @Test func `pieces of a checkpoint are put together, and one whose beginning was lost is left out`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    func piece(_ step: Int, _ offset: Int, _ bytes: [UInt8]) -> WorkerMessage {
      .checkpoint(attempt(0, 0), step: step, size: 4, offset: offset, bytes: bytes)
    }
    #expect(session.receive(piece(5, 2, [3, 4]), from: alice, at: .zero).isEmpty)
    #expect(session.receive(piece(6, 0, [1, 2]), from: alice, at: .zero).isEmpty)
    #expect(session.receive(piece(7, 0, [5, 6]), from: alice, at: .zero).isEmpty)
    #expect(
      session.receive(piece(7, 2, [7, 8]), from: alice, at: .zero)
        == [.saveCheckpoint(attempt(0, 0), step: 7, bytes: [5, 6, 7, 8])])
  }

  @Test func `a worker that comes back in time keeps its run`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    for second in 1...6 { _ = session.tick(at: .seconds(second)) }
    #expect(session.queuedRuns == 2)
    let back = session.receive(hello("a", leases: [attempt(0, 0)]), from: alice, at: .seconds(7))
    #expect(back.events == [.runReclaimed(attempt(0, 0), worker: "a")])
    #expect(session.queuedRuns == 1)
    #expect(session.receive(.result(attempt(0, 0), done, seconds: 7), from: alice, at: .seconds(8)).events.count == 1)
  }

  @Test func `a worker that gives a run back is given nothing more until it says hello`() {
    var session = session()
    _ = session.receive(hello("a", slots: 2), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    #expect(session.dispatch(at: .zero).assigned.count == 2)
    _ = session.receive(.released(attempt(0, 0)), from: alice, at: .zero)
    #expect(session.dispatch(at: .zero).assigned.isEmpty)
    _ = session.receive(hello("b"), from: bob, at: .zero)
    #expect(session.dispatch(at: .zero).assigned == [attempt(0, 0, 2)])
  }

  @Test func `after a sleep of the whole machine nobody was silent`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    _ = session.tick(at: .seconds(1))
    #expect(session.tick(at: .seconds(1000)).events.isEmpty)
    for second in 1001...1005 { #expect(session.tick(at: .seconds(second)).events.isEmpty) }
    #expect(session.tick(at: .seconds(1006)).events.count == 1)
  }

  @Test func `a local worker that hangs is ended, and its run not blamed`() {
    var session = session()
    _ = session.receive(hello("local-1"), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    for second in 1...5 { _ = session.tick(at: .seconds(second)) }
    let actions = session.tick(at: .seconds(6))
    #expect(actions.contains(.kill(worker: "local-1")))
    #expect(session.state[RunID(trial: 0, index: 0)]?.deaths == 0)
  }

  @Test func `a hello that crossed its answer takes nothing back`() {
    var session = session()
    _ = session.receive(hello("a", serial: 1), from: alice, at: .zero)
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    #expect(session.receive(hello("a", serial: 2, answered: 0), from: alice, at: .zero).isEmpty)
    // The same over a new connection: what was sent on the old one may be lost.
    #expect(session.receive(hello("a", serial: 3, answered: 0), from: bob, at: .zero).events.count == 1)
  }

  @Test func `a worker that holds too many runs does not hide the hunger of another`() {
    var session = session(mayPrefetch: true)
    for point in 0..<60 { _ = session.asked(Point(["x": .integer(point)]), note: nil) }
    _ = session.receive(hello("a"), from: alice, at: .zero)
    let first = session.dispatch(at: .zero).assigned
    _ = session.receive(.result(first[0], done, seconds: 1e-6), from: alice, at: .zero)
    let many = session.dispatch(at: .zero).assigned
    #expect(many.count == 64)
    _ = session.receive(.result(many[0], done, seconds: 1), from: alice, at: .zero)
    _ = session.receive(hello("b"), from: bob, at: .zero)
    while !session.dispatch(at: .zero).assigned.isEmpty {}
    #expect(session.workers[1].leases.count == 1)
    #expect(session.workers[0].leases.count == 63)
  }

  @Test func `progress that was kept clears the deaths before it`() throws {
    var state = StudyState(plan: plan)
    let run = attempt(0, 0)
    try state.apply(.trialAsked(trial: 0, point: Point(), note: nil))
    try state.apply(.runAssigned(run, worker: "a"))
    try state.apply(.runReleased(run, reason: "", blamed: true))
    try state.apply(.runAssigned(attempt(0, 0, 2), worker: "a"))
    #expect(state[run.run]?.deaths == 1)
    try state.apply(.runCheckpointed(attempt(0, 0, 2), CheckpointReference(hash: "a", bytes: 1, step: 3)))
    #expect(state[run.run]?.deaths == 0)
  }

  @Test func `two workers of one name are told apart`() {
    var session = session()
    _ = session.receive(hello("a"), from: alice, at: .zero)
    let second = WorkerMessage.hello(Hello(token: "other", name: "a", host: "h", processID: 2, slots: 1))
    _ = session.receive(second, from: bob, at: .zero)
    #expect(session.workers.map(\.name) == ["a", "a-2"])
  }
}

extension CoordinatorSession {
  fileprivate var welcomeForTest: Welcome {
    var welcome = Welcome(study: "s", configuration: "{}", directory: "/", heartbeat: 1)
    welcome.serial = 1
    return welcome
  }
}
