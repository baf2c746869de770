import GRDB
package import StudyModel

/// A study in its folder, in SQLite.
///
/// The database is in WAL mode with synchronous = FULL: a commit is one fsync of the log, readers see the last commit
/// and never wait, and the writer never waits for readers. https://www.sqlite.org/wal.html
package final class SQLiteStudyStore: StudyStore {
  private let directory: StudyDirectory
  private let lock: StudyLock
  private let connection: StudyConnection
  private var head: StudyHeader
  private var current: StudyStatus
  /// Both are nil after a failed transaction, and made anew: the ledger was ahead of the database then, and a statement
  /// that failed reports its error once more when it is used again.
  private var ledger: StudyLedger?
  private var writer: EventWriter?
  private var isClosed = false
  /// Whether there may be commits in the log that are not in the database file.
  private var isLogUsed = true
  /// Milliseconds; see `setPatience`.
  private var patience = 5000

  /// Begins a study: makes the folder, writes sweep.json and the database.
  ///
  /// - Throws: `StoreError.exists` when there is a study in the folder.
  package static func create(
    _ header: StudyHeader, in directory: StudyDirectory
  ) throws(StoreError) -> SQLiteStudyStore {
    try directory.create()
    let lock = try StudyLock(directory)
    let connection = try StudyConnection(directory, .write)
    try connection.migrate()
    let status = StudyStatus(.running, at: header.createdAt)
    guard try connection.read(StudyQueries.study) == nil else {
      throw StoreError(.exists, at: directory.path, "there is a study already; resume it or choose another name")
    }
    // A study without its row was never begun: a crash between the two leaves nothing behind that is in the way.
    try directory.writeConfiguration(header.configuration)
    try connection.write { db in
      try db.execute(
        sql: """
          INSERT INTO study
            (id, name, created_at, seed, folds, seeds, member_runs, state, state_at, message, configuration)
          VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          header.name, header.createdAt, header.seed, header.plan.folds, header.plan.seeds,
          header.plan.memberRuns, status.phase.rawValue, status.at, status.message, header.configuration,
        ])
    }
    try Files.synchronizeDirectory(directory.path)
    return try SQLiteStudyStore(directory, lock, connection, header, status)
  }

  /// Opens a study to go on with it.
  ///
  /// - Throws: `StoreError.missing` when there is none, `.locked` when another coordinator runs it.
  package static func open(_ directory: StudyDirectory) throws(StoreError) -> SQLiteStudyStore {
    guard directory.holdsStudy else { throw StoreError.noStudy(in: directory) }
    let lock = try StudyLock(directory)
    let connection = try StudyConnection(directory, .write)
    try connection.migrate()
    guard let (header, status) = try connection.read(StudyQueries.study) else {
      throw StoreError.noStudy(in: directory)
    }
    return try SQLiteStudyStore(directory, lock, connection, header, status)
  }

  private init(
    _ directory: StudyDirectory, _ lock: StudyLock, _ connection: StudyConnection, _ header: StudyHeader,
    _ status: StudyStatus
  ) throws(StoreError) {
    self.directory = directory
    self.lock = lock
    self.connection = connection
    head = header
    current = status
    try prepare()
  }

  package func append(_ events: [StudyEvent], at seconds: Double) throws(StoreError) {
    precondition(!isClosed, "append to a study store that was closed")
    if events.isEmpty { return }
    try prepare()
    // Taken out, so that the ledger is changed in place; they come back when the transaction is durable.
    guard var ledger = ledger.take(), let writer = writer.take() else { return }
    isLogUsed = true
    let before = (trials: ledger.trialTally, runs: ledger.runTally)
    try connection.write { [directory] _ in
      for event in events {
        guard event.isStorable else {
          throw StoreError(.conflict, at: directory.path, "the point or the note of trial \(event.trial) is not finite")
        }
        do throws(StudyLedger.Misfit) {
          try ledger.apply(event)
        } catch {
          throw StoreError(.conflict, at: directory.path, error.message)
        }
        try writer.store(event, at: seconds, in: ledger)
      }
      try writer.storeChanges(in: &ledger, since: before)
    }
    self.ledger = ledger
    self.writer = writer
  }

  private func prepare() throws(StoreError) {
    if ledger == nil { ledger = try connection.read { [head] db in try StudyQueries.ledger(db, head.plan) } }
    if writer == nil { writer = try connection.access(EventWriter.init) }
  }

  package func setStatus(_ status: StudyStatus) throws(StoreError) {
    isLogUsed = true
    try connection.write { db in
      try db.execute(
        sql: "UPDATE study SET state = ?, state_at = ?, message = ?",
        arguments: [status.phase.rawValue, status.at, status.message?.column])
    }
    current = status
  }

  package func setBest(trial: Int) throws(StoreError) {
    isLogUsed = true
    try connection.write { db in try db.execute(sql: "UPDATE study SET best_trial = ?", arguments: [trial]) }
  }

  package func replaceConfiguration(_ text: String) throws(StoreError) {
    isLogUsed = true
    try connection.write { [directory] db in
      try db.execute(sql: "UPDATE study SET configuration = ?", arguments: [text])
      try directory.writeConfiguration(text)
    }
    head.configuration = text
  }

  /// Moves the log into the database and cuts it, unless a reader is in the way. Free when nothing was stored since.
  package func idle() {
    guard isLogUsed else { return }
    let busy = try? connection.access { [patience] db in
      // Without the timeout this would wait for readers.
      try db.execute(sql: "PRAGMA busy_timeout = 0")
      defer { try? db.execute(sql: "PRAGMA busy_timeout = \(patience)") }
      return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    isLogUsed = busy != 0
  }

  package func close() throws(StoreError) {
    if isClosed { return }
    isClosed = true
    writer = nil
    idle()
    try connection.close()
    lock.release()
  }

  /// How SQLite keeps commits, for `doctor` and the tests: "wal, synchronous 2".
  package func durability() throws(StoreError) -> String {
    try connection.access { db in
      let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "?"
      let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0
      return "\(journal), synchronous \(synchronous)"
    }
  }

  /// How long a write waits for another program that holds the database before it throws `StoreError.locked`; 5
  /// seconds unless set.
  package func setPatience(seconds: Double) throws(StoreError) {
    patience = Int(seconds * 1000)
    try connection.access { [patience] db in try db.execute(sql: "PRAGMA busy_timeout = \(patience)") }
  }

  /// Bounds the size of the database. An append that would make it larger throws `StoreError.full`.
  package func limitSize(bytes: Int) throws(StoreError) {
    try connection.access { db in
      let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
      try db.execute(sql: "PRAGMA max_page_count = \(max(1, bytes / page))")
    }
  }
}

// MARK: Reading

extension SQLiteStudyStore {
  package func header() -> StudyHeader { head }

  package func status() -> StudyStatus { current }

  package func summary() throws(StoreError) -> StudySummary {
    try connection.read { [head, current] db in try StudyQueries.summary(db, head, current) }
  }

  package func trials() throws(StoreError) -> [TrialRecord] {
    try connection.read { [head] db in try StudyQueries.trials(db, head.plan) }
  }

  package func forEachEvent(
    after sequence: Int, _ body: (StoredEvent) throws(StoreError) -> Void
  ) throws(StoreError) {
    try connection.read { db in try StudyQueries.forEachEvent(db, after: sequence, body) }
  }
}

extension StoreError {
  static func noStudy(in directory: StudyDirectory) -> StoreError {
    StoreError(.missing, at: directory.path, "there is no study here; begin one with hpsearch sweep")
  }
}
