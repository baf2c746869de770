import ClusterProtocol
import StudyModel
import Testing

/// Ensembles whose members are trained by runs of their own: runs 0 and 1 are scored, 2 and 3 train for the first, 4 and 5
/// for the second.
@Suite struct MemberRunTests {
  private let plan = RunPlan(folds: 2, seeds: 1, memberRuns: 2)
  private let worker = PeerID([1])

  private func session(_ state: StudyState? = nil, slots: Int = 8) -> CoordinatorSession {
    let welcome = Welcome(study: "s", configuration: "{}", directory: "/", heartbeat: 1)
    var session = CoordinatorSession(
      settings: CoordinatorSession.Settings(welcome: welcome, metric: "loss", mayPrefetch: false),
      state: state ?? StudyState(plan: plan), at: .zero)
    let hello = Hello(token: "t", name: "w", host: "h", processID: 1, slots: slots)
    _ = session.receive(.hello(hello), from: worker, at: .zero)
    return session
  }

  private func attempt(_ index: Int, _ number: Int = 1) -> Attempt {
    Attempt(run: RunID(trial: 0, index: index), number: number)
  }

  private func state(_ index: Int, step: Int) -> CheckpointReference {
    CheckpointReference(hash: "state-\(index)", bytes: 1, step: step)
  }

  private func assigned(_ actions: [CoordinatorSession.Action]) -> [Int] {
    actions.compactMap { if case .assign(let attempt, _, _) = $0 { attempt.run.index } else { nil } }
  }

  private func discarded(_ actions: [CoordinatorSession.Action]) -> [String] {
    actions.compactMap { if case .discardCheckpoint(let checkpoint) = $0 { checkpoint.hash } else { nil } }
  }

  /// A member run hands over its last state, and then its result.
  private func finish(_ index: Int, in session: inout CoordinatorSession) -> [CoordinatorSession.Action] {
    _ = session.checkpointSaved(attempt(index), state(index, step: 10))
    return session.receive(.result(attempt(index), .done(metrics: ["step": 10]), seconds: 1), from: worker, at: .zero)
  }

  @Test func thePlanSaysWhoWorksForWhom() {
    #expect(plan.runsPerTrial == 6 && plan.scoredRunsPerTrial == 2 && plan.firstRunsPerTrial == 4)
    let runs = plan.runs(ofTrial: 3)
    #expect(runs.map { plan.scoredRun(of: $0).index } == [0, 1, 0, 0, 1, 1])
    #expect(runs.map { plan.fold(of: $0) } == [0, 1, 0, 0, 1, 1] && runs.allSatisfy { plan.seed(of: $0) == 0 })
    #expect(runs.map { plan.memberPart(of: $0)?.number } == [nil, nil, 0, 1, 0, 1])
    #expect(plan.memberRuns(of: runs[1]).map(\.index) == [4, 5] && plan.memberRuns(of: runs[4]).isEmpty)
    let parts = (0..<3).map { MemberPart(number: $0, count: 3).members(of: 5) }
    #expect(parts == [[0, 3], [1, 4], [2]])
    #expect(MemberPart(number: 2, count: 3).members(of: 2).isEmpty)
  }

  @Test func aScoredRunBeginsWhenItsMembersAreThere() {
    var session = session()
    _ = session.asked(Point(), note: nil)
    #expect(assigned(session.dispatch(at: .zero)) == [2, 3, 4, 5])
    #expect(discarded(finish(3, in: &session)).isEmpty)
    #expect(assigned(session.dispatch(at: .zero)).isEmpty)
    _ = finish(2, in: &session)
    #expect(assigned(session.dispatch(at: .zero)) == [0])
    #expect(session.state.needsCheckpoint(of: RunID(trial: 0, index: 2)) == true)
    let result = session.receive(
      .result(attempt(0), .done(metrics: ["loss": 1]), seconds: 1), from: worker, at: .zero)
    #expect(discarded(result) == ["state-2", "state-3"])
    _ = finish(4, in: &session)
    _ = finish(5, in: &session)
    _ = session.dispatch(at: .zero)
    #expect(session.takeCompleted().isEmpty)
    _ = session.receive(.result(attempt(1), .done(metrics: ["loss": 3]), seconds: 1), from: worker, at: .zero)
    let completed = session.takeCompleted()
    #expect(completed.map(\.metrics["loss"]?.mean) == [2] && completed.first?.runs.count == 2)
    #expect(completed.first?.metrics["step"] == nil)
  }

  /// Without its last state a member run has done nothing that counts. It goes on from the state before.
  @Test(arguments: [nil, 9]) func aResultWithoutItsStateIsNoResult(last: Int?) {
    var session = session()
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    if let last { _ = session.checkpointSaved(attempt(2), state(2, step: last)) }
    let result = session.receive(
      .result(attempt(2), .done(metrics: ["step": 10]), seconds: 1), from: worker, at: .zero)
    guard case .append(.runReleased(attempt(2), _, blamed: true)) = result.first else {
      Issue.record("\(result)")
      return
    }
    let next = session.dispatch(at: .zero)
    #expect(next.contains(.send(.acknowledged([attempt(2)]), to: worker)) && assigned(next) == [2])
    #expect(session.state[RunID(trial: 0, index: 2)]?.checkpoint?.step == last)
  }

  @Test func aPartWithoutMembersNeedsNoState() {
    var session = session()
    _ = session.asked(Point(), note: nil)
    _ = session.dispatch(at: .zero)
    _ = finish(2, in: &session)
    _ = session.receive(.result(attempt(3), .done(metrics: ["step": 0]), seconds: 0), from: worker, at: .zero)
    #expect(assigned(session.dispatch(at: .zero)) == [0])
  }

  /// One slot: run 2 fails while the others wait. What is left of its fold is not begun, and the other fold is done.
  @Test func aFailedMemberEndsItsFold() throws {
    var session = session(slots: 1)
    _ = session.asked(Point(), note: nil)
    #expect(assigned(session.dispatch(at: .zero)) == [2])
    _ = session.receive(.result(attempt(2), .failed(reason: "diverged"), seconds: 1), from: worker, at: .zero)
    let records = try #require(session.state.trials.first).runs
    #expect(records.map(\.state) == [.failed, .queued, .failed, .cancelled, .queued, .queued])
    #expect(records[0].outcome?.reason == "trial-0000-run-2 failed: diverged")
    for index in [4, 5] {
      #expect(assigned(session.dispatch(at: .zero)) == [index])
      _ = finish(index, in: &session)
    }
    #expect(assigned(session.dispatch(at: .zero)) == [1])
    #expect(session.takeCompleted().isEmpty)
    _ = session.receive(.result(attempt(1), .done(metrics: ["loss": 1]), seconds: 1), from: worker, at: .zero)
    let completed = session.takeCompleted()
    #expect(completed.count == 1 && completed.first?.metrics.isEmpty == true)
    #expect(session.queuedRuns == 0)
  }

  /// A member run that runs while its fold fails is not begun again when its worker is lost, and its state is not kept.
  @Test(arguments: [true, false]) func whatRunsForAFailedFoldIsNotWanted(isLost: Bool) {
    var session = session(slots: 2)
    _ = session.asked(Point(), note: nil)
    #expect(assigned(session.dispatch(at: .zero)) == [2, 3])
    _ = session.receive(.result(attempt(2), .failed(reason: "diverged"), seconds: 1), from: worker, at: .zero)
    if isLost {
      _ = session.workerDied(name: "w", reason: "Killed")
    } else {
      #expect(discarded(finish(3, in: &session)) == ["state-3"])
    }
    #expect(session.state[RunID(trial: 0, index: 3)]?.state == (isLost ? .cancelled : .done))
  }

  /// A coordinator that starts again takes up the scored runs whose members are there, and keeps their states.
  @Test func afterARestart() throws {
    var first = session(slots: 8)
    _ = first.asked(Point(), note: nil)
    _ = first.dispatch(at: .zero)
    for index in [2, 3, 4] { _ = finish(index, in: &first) }
    var state = first.state
    try state.apply(.runReleased(attempt(5), reason: "restart", blamed: false))
    var second = session(state)
    #expect(assigned(second.dispatch(at: .zero)).sorted() == [0, 5])
    for index in [2, 3, 4] { #expect(second.state.needsCheckpoint(of: RunID(trial: 0, index: index)) == true) }
  }
}
