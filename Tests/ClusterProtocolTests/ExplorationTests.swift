import ClusterProtocol
import StudyModel
import Testing

/// Trials that explore: their runs are done with what they found, and not with the objective's metric.
@Suite struct ExplorationTests {
  private let worker = PeerID([1])
  private let attempt = Attempt(run: RunID(trial: 0, index: 0), number: 1)
  private let exploration = Exploration([.init("scale", 0.5...2), .init("noise", -1...0)])
  private let survey = Survey(
    surface: [.init([1, -0.5], mean: -3, error: 0.5)], optimum: .init([0.7, -0.1], mean: -2.5), path: [], steps: 40)

  private func session(_ note: JSONValue?) -> CoordinatorSession {
    let welcome = Welcome(study: "s", configuration: "{}", directory: "/", heartbeat: 1)
    var session = CoordinatorSession(
      settings: CoordinatorSession.Settings(welcome: welcome, metric: "loss", mayPrefetch: false),
      state: StudyState(plan: RunPlan(folds: 1, seeds: 1)), at: .zero)
    _ = session.receive(
      .hello(Hello(token: "t", name: "w", host: "h", processID: 1, slots: 1)), from: worker, at: .zero)
    _ = session.asked(Point(["scale": 1]), note: note)
    _ = session.dispatch(at: .zero)
    return session
  }

  private var done: WorkerMessage { .result(attempt, .done(metrics: ["steps": 40]), seconds: 1) }

  @Test func theNoteSaysIt() throws {
    let json = exploration.json
    #expect(try Exploration(JSONValue(parsing: json.serialized())) == exploration)
    for note: JSONValue in [["explore": json], ["told": 3, "pending": [], "strategy": ["explore": json, "key": 1]]] {
      #expect(session(note).state.trials[0].exploration == exploration)
    }
    #expect(session(["strategy": ["key": 1]]).state.trials[0].exploration == nil)
    #expect(session(nil).state.trials[0].exploration == nil)
    for faulty: JSONValue in [[:], ["x": [1]], ["x": [2, 1]], ["x": ["a", 1]], [1]] {
      #expect(Exploration(faulty) == nil)
    }
  }

  @Test func aSurveySurvivesJSON() throws {
    #expect(try Survey(JSONValue(parsing: survey.json.serialized())) == survey)
    var other = survey.json.object!
    other["steps"] = -1
    #expect(Survey(.object(other)) == nil)
    other["steps"] = 1
    other["path"] = [[[1], 2]]
    #expect(Survey(.object(other)) == nil, "a path in another number of dimensions")
  }

  @Test func itIsDoneWithItsSurvey() {
    var session = session(["explore": exploration.json])
    #expect(
      session.receive(.survey(attempt, survey), from: worker, at: .zero) == [.append(.runSurveyed(attempt, survey))])
    _ = session.receive(done, from: worker, at: .zero)
    let completed = session.takeCompleted()
    #expect(completed.map(\.surveys) == [[survey]] && completed.first?.metrics["loss"] == nil)
  }

  @Test func aResultWithoutItsSurveyIsNoResult() {
    var session = session(["explore": exploration.json])
    guard case .append(.runReleased(attempt, _, blamed: true)) = session.receive(done, from: worker, at: .zero).first
    else {
      Issue.record("not released")
      return
    }
    #expect(session.queuedRuns == 1)
  }

  /// It is not computed for ever.
  @Test func aSurveyThatNeverArrivesFailsTheRun() {
    var session = session(["explore": exploration.json])
    for number in 1...3 {
      let attempt = Attempt(run: attempt.run, number: number)
      _ = session.receive(.result(attempt, .done(metrics: ["steps": 40]), seconds: 1), from: worker, at: .zero)
      _ = session.dispatch(at: .zero)
    }
    #expect(session.state.trials[0].state == .failed && session.queuedRuns == 0)
  }

  /// Where folds are explored together, one run does the work.
  @Test func aRunWithNothingToDoIsDone() {
    var session = session(["explore": exploration.json])
    _ = session.receive(.result(attempt, .done(metrics: ["step": 0]), seconds: 0), from: worker, at: .zero)
    #expect(session.state.trials[0].state == .done && session.state.trials[0].surveys.isEmpty)
  }

  @Test func anOrdinaryTrialNeedsItsMetric() {
    var session = session(nil)
    _ = session.receive(.survey(attempt, survey), from: worker, at: .zero)
    _ = session.receive(done, from: worker, at: .zero)
    #expect(session.state.trials[0].state == .failed)
  }
}
