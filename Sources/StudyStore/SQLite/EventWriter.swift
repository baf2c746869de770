import GRDB
import StudyModel

/// The statements that append events and keep the projections, prepared once. Belongs to one connection.
final class EventWriter {
  private let insertEvent, insertTrial, insertRun, setTrialState, setTally: Statement
  private let assign, report, checkpoint, survey, release, reclaim, finish: Statement
  private var bytes: [UInt8] = []

  init(_ db: Database) throws {
    insertEvent = try db.makeStatement(
      sql: "INSERT INTO event (seq, at, kind, trial, run, attempt, payload) VALUES (?, ?, ?, ?, ?, ?, ?)")
    insertTrial = try db.makeStatement(
      sql: "INSERT INTO trial (number, state, point, asked_at, asked) VALUES (?, 'queued', ?, ?, ?)")
    insertRun = try db.makeStatement(
      sql: """
        INSERT INTO run (id, trial, run, fold, seed, state, attempt, deaths, step, seconds)
        VALUES (?, ?, ?, ?, ?, 'queued', 0, 0, 0, 0)
        """)
    setTrialState = try db.makeStatement(sql: "UPDATE trial SET state = ? WHERE number = ?")
    setTally = try db.makeStatement(sql: "INSERT OR REPLACE INTO tally (subject, state, count) VALUES (?, ?, ?)")
    assign = try db.makeStatement(
      sql: """
        UPDATE run SET state = 'running', attempt = ?, worker = ?, reported = NULL, started_at = ? WHERE id = ?
        """)
    report = try db.makeStatement(sql: "UPDATE run SET step = ?, reported = ? WHERE id = ?")
    checkpoint = try db.makeStatement(
      sql: """
        UPDATE run SET step = ?1, deaths = CASE WHEN ?1 > coalesce(checkpoint_step, 0) THEN 0 ELSE deaths END,
          checkpoint_hash = ?2, checkpoint_bytes = ?3, checkpoint_step = ?1 WHERE id = ?4
        """)
    survey = try db.makeStatement(sql: "UPDATE run SET survey = ? WHERE id = ?")
    release = try db.makeStatement(
      sql: "UPDATE run SET state = 'queued', worker = NULL, deaths = deaths + ? WHERE id = ?")
    reclaim = try db.makeStatement(sql: "UPDATE run SET state = 'running', worker = ? WHERE id = ?")
    finish = try db.makeStatement(
      sql: "UPDATE run SET state = ?, metrics = ?, reason = ?, seconds = ?, ended_at = ? WHERE id = ?")
  }

  /// Stores an event that the ledger has accepted as its latest.
  func store(_ event: StudyEvent, at seconds: Double, in ledger: borrowing StudyLedger) throws {
    let attempt = event.attempt
    let trial = event.trial
    let kind = EventCoding.kind(of: event)
    let payload = text(EventCoding.payload(of: event))
    try insertEvent.run(ledger.events, seconds, kind, trial, attempt?.run.index, attempt?.number, payload)
    let row = attempt.map { ledger.row(of: $0.run) }
    switch event {
    case .trialAsked(_, let point, _):
      try insertTrial.run(trial, text(.object(point.values)), seconds, ledger.events)
      for run in ledger.plan.runs(ofTrial: trial) {
        try insertRun.run(ledger.row(of: run), trial, run.index, ledger.plan.fold(of: run), ledger.plan.seed(of: run))
      }
    case .runAssigned(let attempt, let worker):
      try assign.run(attempt.number, worker.column, seconds, row)
    case .runReported(_, let step, let metrics):
      try report.run(step, text(EventCoding.encode(metrics)), row)
    case .runCheckpointed(_, let reference):
      try checkpoint.run(reference.step, reference.hash.column, reference.bytes, row)
    case .runSurveyed(_, let found):
      try survey.run(text(found.json), row)
    case .runReleased(_, _, let blamed):
      try release.run(blamed ? 1 : 0, row)
    case .runReclaimed(_, let worker):
      try reclaim.run(worker.column, row)
    case .runFinished(_, let outcome, let taken):
      var metrics: String?
      if case .done(let values) = outcome { metrics = text(EventCoding.encode(values)) }
      try finish.run(outcome.state.rawValue, metrics, outcome.reason?.column, taken, seconds, row)
    }
  }

  /// Brings what is derived from whole batches up to date: the trials' states and the tallies that differ from those
  /// in `before`.
  func storeChanges(
    in ledger: inout StudyLedger, since before: (trials: StudyLedger.Tally, runs: StudyLedger.Tally)
  )
    throws
  {
    for trial in ledger.takeChangedTrials() { try setTrialState.run(trial.state.rawValue, trial.number) }
    for state in RunState.allCases {
      if ledger.trialTally[state] != before.trials[state] {
        try setTally.run("trial", state.rawValue, ledger.trialTally[state])
      }
      if ledger.runTally[state] != before.runs[state] {
        try setTally.run("run", state.rawValue, ledger.runTally[state])
      }
    }
  }

  private func text(_ value: JSONValue) -> String {
    bytes.removeAll(keepingCapacity: true)
    value.append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension StudyEvent {
  /// The trial that the event is about.
  var trial: Int {
    if case .trialAsked(let trial, _, _) = self { return trial }
    return attempt?.run.trial ?? 0
  }

  /// The attempt that the event is about; nil for a trial that is asked.
  var attempt: Attempt? {
    switch self {
    case .trialAsked: nil
    case .runAssigned(let attempt, _), .runReported(let attempt, _, _), .runCheckpointed(let attempt, _),
      .runSurveyed(let attempt, _),
      .runReleased(let attempt, _, _), .runReclaimed(let attempt, _), .runFinished(let attempt, _, _):
      attempt
    }
  }

  /// Whether every number in it that must be finite is: the point's and the note's.
  var isStorable: Bool {
    guard case .trialAsked(_, let point, let note) = self else { return true }
    return JSONValue.object(point.values).isFinite && note?.isFinite ?? true
  }
}

extension String {
  /// The text as a column can hold it: SQLite ends a text at U+0000, which stands for itself as the sign U+2400 here.
  /// The JSON of the events has no such limit.
  var column: String {
    utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{2400}" : $0 })) : self
  }
}

extension Statement {
  fileprivate func run(_ arguments: (any DatabaseValueConvertible)?...) throws {
    setUncheckedArguments(StatementArguments(arguments))
    try execute()
  }
}
