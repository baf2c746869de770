import ClusterProtocol
import StudyModel
import Testing

private func attempt(_ trial: Int, _ number: Int = 1) -> Attempt {
  Attempt(run: RunID(trial: trial, index: 0), number: number)
}

private func assignment(_ trial: Int) -> Assignment {
  Assignment(attempt: attempt(trial), fold: 0, seed: 0, point: "{}")
}

private let welcome = Welcome(study: "s", configuration: "{}", directory: "/", heartbeat: 1)

@Suite struct WorkerSessionTests {
  private let done = RunOutcome.done(metrics: ["loss": 1])

  private func joined(slots: Int = 1) -> WorkerSession {
    let hello = Hello(token: "t", name: "w", host: "h", processID: 1, slots: slots)
    var session = WorkerSession(hello: hello, patience: .seconds(60), at: .zero)
    #expect(session.start() == [.send(.hello(hello))])
    #expect(session.receive(.welcome(welcome), at: .zero) == [.prepare(welcome)])
    return session
  }

  private func leases(_ actions: [WorkerSession.Action]) -> [Attempt]? {
    for case .send(.hello(let hello)) in actions { return hello.leases }
    return nil
  }

  @Test func `runs start in order as slots become free`() {
    var session = joined()
    #expect(session.receive(.assign(assignment(0)), at: .zero) == [.start(assignment(0), slot: 0)])
    #expect(session.receive(.assign(assignment(1)), at: .zero).isEmpty)
    let end = session.ended(attempt(0), .ended(done, seconds: 1), at: .zero)
    #expect(end == [.send(.result(attempt(0), done, seconds: 1)), .start(assignment(1), slot: 0)])
  }

  @Test func `a result is delivered again until it is acknowledged`() {
    var session = joined()
    _ = session.receive(.assign(assignment(0)), at: .zero)
    _ = session.ended(attempt(0), .ended(done, seconds: 1), at: .zero)
    #expect(leases(session.receive(.unknown, at: .seconds(1))) == [attempt(0)])
    #expect(session.receive(.welcome(welcome), at: .seconds(1)) == [.send(.result(attempt(0), done, seconds: 1))])
    #expect(session.receive(.acknowledged([attempt(0)]), at: .seconds(1)).isEmpty)
    #expect(leases(session.receive(.unknown, at: .seconds(2))) == [])
  }

  @Test func `it gives signs of life, and says hello again to a coordinator that went silent`() {
    var session = joined()
    _ = session.receive(.assign(assignment(0)), at: .zero)
    #expect(session.tick(at: .milliseconds(500)).isEmpty)
    #expect(session.tick(at: .seconds(1)) == [.send(.heartbeat)])
    let silent = session.tick(at: .seconds(6))
    #expect(leases(silent) == [attempt(0)])
    #expect(session.isJoined == false)
    #expect(session.tick(at: .milliseconds(6500)).isEmpty)
    #expect(leases(session.tick(at: .seconds(7))) == [attempt(0)])
    // The run goes on meanwhile, and ends: the result waits.
    #expect(session.ended(attempt(0), .ended(done, seconds: 7), at: .seconds(8)).isEmpty)
    #expect(session.receive(.welcome(welcome), at: .seconds(9)) == [.send(.result(attempt(0), done, seconds: 7))])
  }

  @Test func `log lines of a time without a coordinator are not lost`() {
    var session = joined()
    _ = session.receive(.assign(assignment(0)), at: .zero)
    _ = session.tick(at: .seconds(6))
    let line = LogLine(at: 1, level: .info, message: "hello")
    #expect(session.forward(.log(attempt(0), [line]), of: attempt(0), at: .seconds(7)).isEmpty)
    #expect(session.receive(.welcome(welcome), at: .seconds(8)) == [.send(.log(attempt(0), [line]))])
  }

  @Test func `it gives up when no coordinator answers`() {
    var session = joined()
    _ = session.tick(at: .seconds(6))
    #expect(session.tick(at: .seconds(66)) == [.end(.abandoned(seconds: 60))])
  }

  @Test func `a cancelled run is stopped and never heard of again`() {
    var session = joined()
    _ = session.receive(.assign(assignment(0)), at: .zero)
    #expect(session.receive(.cancel(attempt(0)), at: .zero) == [.stop(attempt(0))])
    #expect(session.forward(.report(attempt(0), step: 1, total: nil, metrics: [:]), of: attempt(0), at: .zero).isEmpty)
    #expect(session.ended(attempt(0), .interrupted, at: .zero).isEmpty)
    #expect(session.receive(.assign(assignment(1)), at: .zero) == [.start(assignment(1), slot: 0)])
  }

  @Test func `draining gives waiting runs back at once and running ones after their end`() {
    var session = joined()
    _ = session.receive(.assign(assignment(0)), at: .zero)
    _ = session.receive(.assign(assignment(1)), at: .zero)
    #expect(session.receive(.drain, at: .zero) == [.send(.released(attempt(1))), .stop(attempt(0))])
    #expect(session.ended(attempt(0), .interrupted, at: .zero) == [.send(.released(attempt(0)))])
  }

  @Test func `a worker that leaves takes no work from a coordinator that welcomes it meanwhile`() {
    var session = joined()
    _ = session.receive(.assign(assignment(0)), at: .zero)
    #expect(session.leave(at: .zero) == [.stop(attempt(0))])
    _ = session.receive(.welcome(welcome), at: .zero)
    #expect(session.receive(.assign(assignment(1)), at: .zero) == [.send(.released(attempt(1)))])
  }

  @Test func `hellos are numbered and say which was answered`() {
    var session = joined()
    guard case .send(.hello(let second))? = session.receive(.unknown, at: .seconds(1)).first else {
      Issue.record("no hello")
      return
    }
    #expect(second.serial == 2 && second.answered == 0)
    var answer = welcome
    answer.serial = 2
    _ = session.receive(.welcome(answer), at: .seconds(1))
    guard case .send(.hello(let third))? = session.receive(.unknown, at: .seconds(2)).first else {
      Issue.record("no hello")
      return
    }
    #expect(third.serial == 3 && third.answered == 2)
  }

  @Test func `the same file begun anew is another study`() {
    var session = joined()
    var other = welcome
    other.begunAt = 1
    guard case .end(.rejected)? = session.receive(.welcome(other), at: .zero).first else {
      Issue.record("not ended")
      return
    }
  }

  @Test func `an assignment that comes twice starts once`() {
    var session = joined(slots: 2)
    #expect(session.receive(.assign(assignment(0)), at: .zero).count == 1)
    #expect(session.receive(.assign(assignment(0)), at: .zero).isEmpty)
  }

  @Test func `another study at the same address ends the worker`() {
    var session = joined()
    var other = welcome
    other.study = "t"
    guard case .end(.rejected(let reason))? = session.receive(.welcome(other), at: .zero).first else {
      Issue.record("not ended")
      return
    }
    #expect(reason.contains("t"))
  }
}
