import HPSearchTesting
import SearchStrategies
import StudyModel
import Testing

@Suite struct DecisionReplayTests {
  private static let plan = RunPlan(folds: 1, seeds: 2)
  private static let trials = 12

  private func strategy(seed: Int = 1) -> LearningStrategy { LearningStrategy(space: Spaces.mixed, seed: seed) }

  /// The events of a study with 3 workers of which the second oldest always ends first, and a decision that was
  /// prepared one result early.
  private func events() -> [StudyEvent] {
    var strategy = strategy()
    var events: [StudyEvent] = []
    var asked: [Point] = []
    var pending: [PendingTrial] = []
    var untold: [CompletedTrial] = []
    while asked.count < Self.trials {
      let number = asked.count
      let told = number - pending.count
      let open = pending
      let request = AskRequest(numbers: number..<number + 1, asked: asked, pending: open)
      let suggestion = strategy.ask(request)[0]
      strategy.decided(Decision(number: number, point: suggestion.point, note: suggestion.note))
      if pending.count >= 3 {
        let ended = pending.remove(at: 1)
        for run in Self.plan.runs(ofTrial: ended.number) {
          let attempt = Attempt(run: run, number: 1)
          events.append(.runAssigned(attempt, worker: "w"))
          let outcome =
            ended.number == 4
            ? RunOutcome.failed(reason: "bad luck") : .done(metrics: ["loss": Double(ended.number) / 7])
          events.append(.runFinished(attempt, outcome, seconds: 1))
        }
        let loss = Double(ended.number) / 7
        untold.append(
          ended.number == 4
            ? CompletedTrial(number: 4, point: ended.point, metrics: [:])
            : CompletedTrial(
              number: ended.number, point: ended.point, metrics: ["loss": Aggregate(of: [loss, loss])],
              runs: [["loss": loss], ["loss": loss]]))
      }
      let note = DecisionNote(told: told, pending: open.map(\.number), strategy: suggestion.note)
      events.append(.trialAsked(trial: number, point: suggestion.point, note: note.json))
      asked.append(suggestion.point)
      pending.append(PendingTrial(number: number, point: suggestion.point))
      strategy.tell(untold)
      untold = []
    }
    return events
  }

  /// The events, with the `trial`th decision replaced.
  private func events(
    changing trial: Int, _ change: (Point, DecisionNote) -> (Point, JSONValue?)
  ) throws -> [StudyEvent] {
    try events().map { event in
      guard case .trialAsked(trial, let point, let note) = event else { return event }
      let changed = change(point, try #require(note.flatMap(DecisionNote.init)))
      return .trialAsked(trial: trial, point: changed.0, note: changed.1)
    }
  }

  private func replay(
    _ events: [StudyEvent], _ strategy: any SearchStrategy
  ) throws -> [DecisionReplay.Outcome] {
    let history = DecisionHistory(try StudyState(plan: Self.plan, events: events), events: events)
    return DecisionReplay(history, strategy: strategy).map(\.outcome)
  }

  /// The trials whose outcome is not `same`.
  private func differing(_ events: [StudyEvent]) throws -> [Int: DecisionReplay.Outcome] {
    let outcomes = try replay(events, strategy())
    return Dictionary(uniqueKeysWithValues: outcomes.enumerated().filter { $1 != .same }.map { ($0, $1) })
  }

  @Test func `decisions that were prepared early, out of order and with failures all come out the same`() throws {
    #expect(try replay(events(), strategy()) == Array(repeating: .same, count: Self.trials))
  }

  @Test func `another strategy comes to other decisions`() throws {
    let outcomes = try replay(events(), strategy(seed: 2))
    #expect(!outcomes.contains(.same))
  }

  @Test func `a history that is cut and restored goes on in the same way`() throws {
    let events = events()
    let state = try StudyState(plan: Self.plan, events: events)
    var restored: any SearchStrategy = strategy()
    DecisionHistory(state, events: events).restore(&restored)
    // The same from the other end: one replay that has gone through all of it.
    var replayed: any SearchStrategy = strategy()
    let history = DecisionHistory(state, events: events)
    for entry in history.entries { replayed.decided(entry.decision) }
    replayed.tell(history.completed)
    let request = AskRequest(numbers: Self.trials..<Self.trials + 1, asked: state.trials.map(\.point), pending: [])
    #expect(try restored.ask(request) == replayed.ask(request))
  }

  @Test func `a point that was changed differs, and the decisions after it are not blamed`() throws {
    let other = Point(["kind": "laplace", "scale": 1.0, "units": 3, "hidden": [50]])
    let found = try differing(events(changing: 5) { (other, $1.json) })
    #expect(Array(found.keys) == [5])
    guard case .differs(let suggestion?) = found[5] else {
      Issue.record("\(found)")
      return
    }
    #expect(suggestion.point != other && Spaces.mixed.contains(suggestion.point))
  }

  @Test func `a strategy's note that was changed differs, with those that rest on it`() throws {
    let found = try differing(
      events(changing: 5) { point, note in
        (point, DecisionNote(told: note.told, pending: note.pending, strategy: ["key": 1]).json)
      })
    // Only the next decision starts from the fit of this one.
    #expect(found.keys.sorted() == [5, 6])
  }

  @Test func `notes that cannot be are named, and the others are recomputed`() throws {
    let changes: [(DecisionNote) -> DecisionNote] = [
      { DecisionNote(told: $0.told + 2, pending: $0.pending, strategy: $0.strategy) },
      { DecisionNote(told: $0.told - 1, pending: $0.pending, strategy: $0.strategy) },
      { DecisionNote(told: $0.told, pending: $0.pending.reversed(), strategy: $0.strategy) },
    ]
    for change in changes {
      let found = try differing(events(changing: 8) { ($0, change($1).json) })
      #expect(Array(found.keys) == [8])
      guard case .notRecomputed = found[8] else {
        Issue.record("\(found)")
        return
      }
    }
    let found = try differing(events(changing: 8) { point, _ in (point, nil) })
    guard case .notRecomputed(let reason) = found[8] else {
      Issue.record("\(found)")
      return
    }
    #expect(reason.contains("no note"))
  }

  @Test func `strategies that do not learn are replayed too`() throws {
    let makers: [() throws -> any SearchStrategy] = [
      { RandomStrategy(space: Spaces.discrete, seed: 1) }, { SobolStrategy(space: Spaces.discrete, seed: 1) },
      { try GridStrategy(space: Spaces.discrete) },
    ]
    for make in makers {
      var strategy = try make()
      let points = try strategy.ask(AskRequest(numbers: 0..<20, asked: [], pending: [])).map(\.point)
      #expect(points.count == 14)
      var events = points.enumerated().map { StudyEvent.trialAsked(trial: $0, point: $1, note: nil) }
      #expect(try replay(events, make()) == Array(repeating: .same, count: 14))
      events.append(.trialAsked(trial: 14, point: Point(["a": "p", "c": 1]), note: nil))
      #expect(try replay(events, make()).last == .differs(nil))
    }
  }

  @Test func `a note reads back, and nothing else is one`() throws {
    for note in [
      DecisionNote(told: 3, pending: [1, 7], strategy: ["key": 4]), DecisionNote(told: 0, pending: [], strategy: nil),
    ] {
      #expect(DecisionNote(try JSONValue(parsing: note.json.serialized())) == note)
    }
    for json in [JSONValue.null, [:], ["told": 3], ["told": -1, "pending": []], ["told": 1, "pending": ["x"]]] {
      #expect(DecisionNote(json) == nil)
    }
  }
}
