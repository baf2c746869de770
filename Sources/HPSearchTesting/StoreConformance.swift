import StudyModel
package import StudyStore

/// Checks a `StudyStore` against the contract in its documentation. Each function throws `StoreViolation` at the first
/// point that does not hold; a test calls `checkAll` for each implementation.
package struct StoreConformance {
  /// Makes an empty store for a study.
  private let make: (StudyHeader) throws -> any StudyStore

  package init(_ make: @escaping (StudyHeader) throws -> any StudyStore) {
    self.make = make
  }

  package func checkAll() throws {
    try checkNewStore()
    try checkOrderAndNumbers()
    try checkProjections()
    try checkRefusals()
    try checkStatusAndConfiguration()
    try checkValues()
  }

  /// A new store is empty and knows its header.
  package func checkNewStore() throws {
    let header = StoreSamples.header(folds: 2, seeds: 3)
    let store = try make(header)
    try expect(store.header() == header, "the header is not the one given")
    try expect(store.status().phase == .running, "a new study does not run")
    try expect(store.trials().isEmpty && store.events().isEmpty, "a new study is not empty")
    let summary = try store.summary()
    try expect(summary.events == 0 && summary.startedAt == nil && summary.running.isEmpty, "the summary is not empty")
    try store.append([], at: 5)
    try expect(store.events().isEmpty, "appending nothing made an event")
    try store.close()
  }

  /// Events come back equal, in order, numbered from 1, with their times.
  package func checkOrderAndNumbers() throws {
    let store = try make(StoreSamples.header(folds: 1, seeds: 2))
    let batches = StoreSamples.batches(plan: RunPlan(folds: 1, seeds: 2), trials: 7, key: 1)
    for (index, batch) in batches.enumerated() { try store.append(batch, at: 100.25 + Double(index)) }
    var stored: [StoredEvent] = []
    try store.forEachEvent(after: 0) { event in stored.append(event) }
    try expect(stored.map(\.event) == batches.flatMap { $0 }, "the events are not those that were appended")
    try expect(stored.map(\.sequence) == Array(1...stored.count), "the numbers have gaps")
    let times = batches.enumerated().flatMap { index, batch in batch.map { _ in 100.25 + Double(index) } }
    try expect(stored.map(\.at) == times, "the times are not those given")
    try expect(store.events(after: 10) == Array(batches.flatMap { $0 }.dropFirst(10)), "events(after:) starts wrongly")
    var seen = 0
    do {
      try store.forEachEvent(after: 0) { _ throws(StoreError) in
        seen += 1
        if seen == 3 { throw StoreError(.io, at: "", "stop") }
      }
      throw StoreViolation("an error thrown while reading was swallowed")
    } catch let error as StoreError {
      try expect(error.message == "stop" && seen == 3, "reading did not end with the error of the body")
    }
    try store.append([], at: 1000)
    try store.close()
  }

  /// What the store shows equals the fold over its events after every batch.
  package func checkProjections() throws {
    for (folds, seeds, key) in [(1, 1, 2), (2, 2, 3), (5, 1, 4), (1, 3, 5)] as [(Int, Int, UInt64)] {
      let header = StoreSamples.header(folds: folds, seeds: seeds)
      let store = try make(header)
      var state = StudyState(plan: header.plan)
      for (index, batch) in StoreSamples.batches(plan: header.plan, trials: 12, key: key).enumerated() {
        try store.append(batch, at: Double(index))
        for event in batch { try state.apply(event) }
        try expect(store.trials() == state.trials, "after batch \(index) of key \(key) the trials are not the fold")
        try expect(store.replay() == state, "after batch \(index) of key \(key) the replay is not the fold")
        try check(store.summary(), against: state)
      }
      try store.close()
    }
  }

  private func check(_ summary: StudySummary, against state: StudyState) throws {
    let runs = state.trials.flatMap(\.runs)
    let trials = Dictionary(grouping: state.trials, by: \.state).mapValues(\.count)
    try expect(summary.trials == trials, "the trials are counted wrongly: \(summary.trials), should be \(trials)")
    let states = Dictionary(grouping: runs, by: \.state).mapValues(\.count)
    try expect(summary.runs == states, "the runs are counted wrongly: \(summary.runs), should be \(states)")
    let running = runs.filter { $0.state == .running }.sorted { ($0.worker!, $0.id) < ($1.worker!, $1.id) }
    try expect(summary.running.map(\.attempt) == running.map(\.currentAttempt), "not the runs that run")
    try expect(summary.running.map(\.step) == running.map(\.step), "not the steps of the runs that run")
    try expect(summary.running.map(\.worker) == running.map(\.worker!), "not the workers of the runs that run")
  }

  /// An event that does not fit is refused with everything beside it, and the store goes on.
  package func checkRefusals() throws {
    let store = try make(StoreSamples.header(folds: 1, seeds: 1))
    let run = RunID(trial: 0, index: 0)
    let first = Attempt(run: run, number: 1)
    let point = Point(["x": 0.5])
    try store.append([.trialAsked(trial: 0, point: point, note: nil), .runAssigned(first, worker: "a")], at: 1)
    let finished = StudyEvent.runFinished(first, .done(metrics: ["m": 1]), seconds: 1)
    let misfits: [StudyEvent] = [
      .trialAsked(trial: 0, point: point, note: nil), .trialAsked(trial: 3, point: point, note: nil),
      .runAssigned(Attempt(run: run, number: 2), worker: "b"),
      .runAssigned(Attempt(run: RunID(trial: 0, index: 1), number: 1), worker: "b"),
      .runAssigned(Attempt(run: RunID(trial: -1, index: 0), number: 1), worker: "b"),
      .runReported(Attempt(run: run, number: 2), step: 1, metrics: [:]),
      .runReleased(Attempt(run: run, number: 0), reason: "lost", blamed: true),
      .runFinished(Attempt(run: run, number: 2), .failed(reason: "late"), seconds: 1),
      .runFinished(Attempt(run: RunID(trial: 1, index: 0), number: 1), .failed(reason: "none"), seconds: 1),
    ]
    let before = try (store.events(), store.trials(), store.summary())
    for misfit in misfits { try refuses(store, [.runReported(first, step: 9, metrics: ["m": 2]), misfit], before) }
    try refuses(store, [finished, finished], before)
    try store.append([finished], at: 2)
    let after = try (store.events(), store.trials(), store.summary())
    try refuses(store, [finished], after)
    try refuses(store, [.runReported(first, step: 9, metrics: [:])], after)
    try refuses(store, [.runAssigned(Attempt(run: run, number: 2), worker: "b")], after)
    try store.append([.trialAsked(trial: 1, point: point, note: nil)], at: 3)
    try expect(store.trials().count == 2, "the store did not go on after a refusal")
    try store.close()
  }

  private func refuses(
    _ store: any StudyStore, _ events: [StudyEvent], _ before: ([StudyEvent], [TrialRecord], StudySummary)
  ) throws {
    do {
      try store.append(events, at: 99)
      throw StoreViolation("\(events) were not refused")
    } catch let error as StoreError {
      try expect(error.kind == .conflict, "\(events) were refused with \(error.kind) instead of a conflict")
    }
    try expect(store.events() == before.0, "a refused batch left events behind")
    try expect(store.trials() == before.1, "a refused batch changed the trials")
    try expect(store.summary() == before.2, "a refused batch changed the summary")
  }

  /// Status and configuration can be replaced.
  package func checkStatusAndConfiguration() throws {
    let store = try make(StoreSamples.header(folds: 1, seeds: 1))
    for phase in StudyStatus.Phase.allCases {
      for message in [nil, "stopped by \"Ctrl-C\"\nünicode"] {
        let status = StudyStatus(phase, at: 12.5, message: message)
        try store.setStatus(status)
        try expect(store.status() == status && store.summary().status == status, "the status is not the one set")
      }
    }
    try store.replaceConfiguration("{\"trials\": 99}")
    try expect(store.header().configuration == "{\"trials\": 99}", "the configuration is not the one set")
    store.idle()
    try expect(store.header().configuration == "{\"trials\": 99}", "idling changed the configuration")
    try store.close()
  }

  /// Values at the edges come back as they were.
  package func checkValues() throws {
    let store = try make(StoreSamples.header(folds: 1, seeds: 1))
    let attempt = Attempt(run: RunID(trial: 0, index: 0), number: 1)
    let text = "quote \" backslash \\ line\nend\r tab\t bell\u{7} snow \u{2603} flag \u{1F1E8}\u{1F1ED}"
    let metrics: [String: Double] = [
      "": 0, text: -0.0, "least": .leastNonzeroMagnitude, "largest": .greatestFiniteMagnitude, "third": 1.0 / 3,
      "whole": 1e15,
      "up": .infinity, "down": -.infinity, "inference.prior.scale": 0.1 + 0.2,
    ]
    let point = Point([
      "a": 1, "b": 1.0, "c": -0.0, "d": "1", "e": true, "f": nil, "z": [1, 2.5, "x", []], "y": ["k": ["l": 1e300]],
      "inference.prior.scale": .number(1.0 / 3), "large": .integer(.max), "small": .integer(.min),
      "text": .string(text),
    ])
    let events: [StudyEvent] = [
      .trialAsked(trial: 0, point: point, note: ["seen": [0, 1], "text": .string(text)]),
      .runAssigned(attempt, worker: text), .runReported(attempt, step: .max, metrics: metrics),
      .runCheckpointed(attempt, CheckpointReference(hash: text, bytes: .max, step: 7)),
      .runReleased(attempt, reason: text, blamed: true),
      .runAssigned(Attempt(run: attempt.run, number: 2), worker: ""),
      .runFinished(Attempt(run: attempt.run, number: 2), .done(metrics: metrics), seconds: 0.1 + 0.2),
      .trialAsked(trial: 1, point: Point(), note: .some(nil)),
      .runFinished(Attempt(run: RunID(trial: 1, index: 0), number: 0), .cancelled(reason: ""), seconds: 0),
    ]
    // The events keep this too; the trials need not.
    let zero = Attempt(run: RunID(trial: 2, index: 0), number: 0)
    let odd: [StudyEvent] = [
      .trialAsked(trial: 2, point: Point(["a": "x\u{0}y"]), note: nil),
      .runFinished(zero, .failed(reason: "x\u{0}y"), seconds: 0),
    ]
    try store.append(events, at: 1_769_000_000.123456)
    try expect(store.events() == events, "the events came back changed")
    let fold = try StudyState(plan: RunPlan(folds: 1, seeds: 1), events: events).trials
    try expect(store.trials() == fold, "the trials changed")
    guard case .done(let stored) = try store.trials()[0].runs[0].outcome else { throw StoreViolation("not done") }
    try expect(stored[text]?.sign == .minus, "the sign of a negative zero was lost")
    try store.append(odd, at: 2e9)
    try expect(store.events() == events + odd, "an event with a zero character came back changed")
    let reason = try store.trials()[2].reason
    try expect(reason == "x\u{0}y" || reason == "x\u{2400}y", "a reason was cut at a zero character")
    try store.append(
      [
        .trialAsked(trial: 3, point: Point(), note: nil),
        .runFinished(Attempt(run: RunID(trial: 3, index: 0), number: 0), .done(metrics: ["n": .nan]), seconds: 0),
      ], at: 2e9)
    guard case .done(let undefined) = try store.trials()[3].runs[0].outcome else { throw StoreViolation("not done") }
    try expect(undefined["n"]?.isNaN == true, "NaN was lost")
    try store.close()
  }

  private func expect(_ holds: @autoclosure () throws -> Bool, _ message: @autoclosure () -> String) throws {
    guard try holds() else { throw StoreViolation(message()) }
  }
}

/// A point of the contract that a store does not keep.
package struct StoreViolation: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
