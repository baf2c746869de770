import GRDB
import StudyModel

/// What the writer and the readers ask a study's database. Each is to be called within one transaction.
enum StudyQueries {
  /// The header and the status; nil when the study was never begun.
  static func study(_ db: Database) throws -> (StudyHeader, StudyStatus)? {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT name, configuration, folds, seeds, seed, created_at, state, state_at, message, * FROM study
          """)
    else { return nil }
    guard let phase = StudyStatus.Phase(rawValue: row[6]), row[2] as Int >= 1, row[3] as Int >= 1 else {
      throw Damage(
        place: "table study", message: "state \(row[6] as String), \(row[2] as Int) folds, \(row[3] as Int) seeds")
    }
    // A study of an earlier version that is only looked at has no such column.
    let memberRuns = max(0, row.hasColumn("member_runs") ? row["member_runs"] : 0)
    let header = StudyHeader(
      name: row[0], configuration: row[1],
      plan: RunPlan(folds: row[2], seeds: row[3], memberRuns: memberRuns),
      seed: row[4], createdAt: row[5])
    return (header, StudyStatus(phase, at: row[7], message: row[8]))
  }

  static func summary(_ db: Database, _ header: StudyHeader, _ status: StudyStatus) throws -> StudySummary {
    var counts: [String: [RunState: Int]] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT subject, state, count FROM tally WHERE count > 0") {
      counts[row[0], default: [:]][try state(row[1], in: "table tally")] = row[2]
    }
    let last = try Row.fetchOne(db, sql: "SELECT seq, at FROM event ORDER BY seq DESC LIMIT 1")
    let events: Int = last?[0] ?? 0
    let finished = try Double.fetchAll(
      db, sql: "SELECT at FROM event WHERE kind = ? AND seq > ? ORDER BY seq DESC LIMIT ?",
      arguments: [EventCoding.runFinished, events - StudySummary.recentEvents, StudySummary.recentRuns])
    return StudySummary(
      header: header, status: status, trials: counts["trial"] ?? [:], runs: counts["run"] ?? [:], events: events,
      startedAt: try Double.fetchOne(db, sql: "SELECT at FROM event ORDER BY seq LIMIT 1"), lastEventAt: last?[1],
      recentRunsPerSecond: StudySummary.rate(finishedAt: finished), running: try running(db))
  }

  private static func running(_ db: Database) throws -> [RunningRun] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT trial, run, attempt, worker, step, reported, started_at FROM run WHERE state = 'running'
        ORDER BY worker, id
        """)
    return try rows.map { row in
      RunningRun(
        attempt: Attempt(run: RunID(trial: row[0], index: row[1]), number: row[2]), worker: row[3], step: row[4],
        metrics: try metrics(row[5], in: "table run, trial \(row[0] as Int)") ?? [:], startedAt: row[6])
    }
  }

  static func trials(_ db: Database, _ plan: RunPlan) throws -> [TrialRecord] {
    let runs = try Row.fetchCursor(
      db,
      sql: """
        SELECT trial, run, state, attempt, deaths, worker, step, checkpoint_hash, checkpoint_bytes, checkpoint_step,
          metrics, reason, seconds, *
        FROM run ORDER BY id
        """)
    let trials = try Row.fetchCursor(
      db, sql: "SELECT trial.number, event.payload FROM trial JOIN event ON event.seq = trial.asked ORDER BY number")
    var records: [TrialRecord] = []
    while let row = try trials.next() {
      let place = "table trial, number \(row[0] as Int)"
      guard let payload = try json(row[1], in: place).object, let point = payload["point"]?.object else {
        throw Damage(place: place, message: "its event has no point")
      }
      var own: [RunRecord] = []
      while own.count < plan.runsPerTrial, let row = try runs.next() { own.append(try run(row)) }
      let number: Int = row[0]
      guard number == records.count else {
        throw Damage(place: "table trial, number \(records.count)", message: "the trial or its event is missing")
      }
      guard own.map(\.id) == plan.runs(ofTrial: number) else {
        throw Damage(place: place, message: "it has not the \(plan.runsPerTrial) runs that it should have")
      }
      records.append(
        TrialRecord(
          number: number, point: Point(point), note: payload["note"], runs: own, scoredCount: plan.scoredRunsPerTrial))
    }
    return records
  }

  private static func run(_ row: Row) throws -> RunRecord {
    var run = RunRecord(id: RunID(trial: row[0], index: row[1]))
    let place = "table run, \(run.id)"
    run.state = try state(row[2], in: place)
    run.attempt = row[3]
    run.deaths = row[4]
    run.worker = row[5]
    run.step = row[6]
    if let hash: String = row[7] {
      run.checkpoint = CheckpointReference(hash: hash, bytes: row[8] ?? 0, step: row[9] ?? 0)
    }
    if run.state.isFinal {
      let metrics: String? = row[10]
      run.outcome = EventCoding.outcome(
        run.state, metrics: try metrics.map { try json($0, in: place) }, reason: row[11])
      if run.outcome == nil { throw Damage(place: place, message: "it is \(run.state) and has no result") }
    }
    run.seconds = row[12]
    // A study of an earlier version that is only looked at has no such column.
    if row.hasColumn("survey"), let text: String = row["survey"] {
      guard let survey = Survey(try json(text, in: place)) else {
        throw Damage(place: place, message: "its survey cannot be read")
      }
      run.survey = survey
    }
    return run
  }

  /// Calls `body` with each event after `sequence`, in order.
  static func forEachEvent(_ db: Database, after sequence: Int, _ body: (StoredEvent) throws -> Void) throws {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT seq, at, kind, trial, run, attempt, payload FROM event WHERE seq > ? ORDER BY seq",
      arguments: [sequence])
    var due = sequence + 1
    while let row = try rows.next() {
      let number: Int = row[0]
      let place = "event \(number)"
      guard number == due else { throw Damage(place: "event \(due)", message: "it is missing") }
      let payload = try json(row[6], in: place)
      guard
        let event = EventCoding.event(kind: row[2], trial: row[3], run: row[4], attempt: row[5], payload: payload)
      else {
        throw Damage(place: place, message: "its kind \"\(row[2] as String)\" and its payload do not fit each other")
      }
      try body(StoredEvent(sequence: number, at: row[1], event: event))
      due += 1
    }
  }

  /// What a writer must know before its first event.
  static func ledger(_ db: Database, _ plan: RunPlan) throws -> StudyLedger {
    var ledger = StudyLedger(plan: plan)
    ledger.events = try Int.fetchOne(db, sql: "SELECT max(seq) FROM event") ?? 0
    let trials = try Row.fetchCursor(db, sql: "SELECT state FROM trial ORDER BY number")
    while let row = try trials.next() { ledger.addTrial(try state(row[0], in: "table trial")) }
    let runs = try Row.fetchCursor(db, sql: "SELECT state, attempt FROM run ORDER BY id")
    while let row = try runs.next() { ledger.addRun(try state(row[0], in: "table run"), attempt: row[1]) }
    guard ledger.isComplete else {
      throw Damage(place: "table run", message: "it has not as many runs as the trials have")
    }
    return ledger
  }
}

// MARK: Damaged rows

extension StudyQueries {
  /// A row that hpsearch did not write like this.
  struct Damage: Error {
    let place: String
    let message: String
  }

  private static func state(_ text: String, in place: String) throws -> RunState {
    guard let state = RunState(rawValue: text) else { throw Damage(place: place, message: "\"\(text)\" is no state") }
    return state
  }

  private static func json(_ text: String, in place: String) throws -> JSONValue {
    do {
      return try JSONValue(parsing: text)
    } catch {
      throw Damage(place: place, message: "its JSON cannot be read: \(error)")
    }
  }

  private static func metrics(_ text: String?, in place: String) throws -> [String: Double]? {
    guard let text else { return nil }
    guard let metrics = EventCoding.decodeMetrics(try json(text, in: place)) else {
      throw Damage(place: place, message: "a metric is not a number")
    }
    return metrics
  }
}
