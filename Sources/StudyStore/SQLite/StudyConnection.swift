import GRDB
import StudyModel

/// A connection to a study's database. One transaction a call; errors speak of the study folder.
final class StudyConnection {
  enum Mode {
    case write
    case read
    /// For a database on a medium that cannot change: SQLite then needs no other file beside it.
    case readImmutable
  }

  let directory: StudyDirectory
  private let queue: DatabaseQueue

  /// - Throws: `StoreError.notAStudy`, `.newerFormat`, `.missing` and the errors of SQLite.
  init(_ directory: StudyDirectory, _ mode: Mode) throws(StoreError) {
    self.directory = directory
    var configuration = Configuration()
    configuration.readonly = mode != .write
    configuration.journalMode = mode == .write ? .wal : .default
    configuration.busyMode = .timeout(5)
    configuration.label = "hpsearch.study"
    // Nothing observes the schema; a statement is prepared once for the life of the connection.
    configuration.maximumReaderCount = 1
    do {
      queue = try DatabaseQueue(path: Self.path(directory, mode), configuration: configuration)
      try queue.inDatabase { db in
        if mode == .write { try Self.prepareWriting(db) }
        try Self.check(db, directory)
      }
    } catch {
      throw StoreError(error, in: directory)
    }
  }

  private static func path(_ directory: StudyDirectory, _ mode: Mode) throws -> String {
    guard mode == .readImmutable else { return directory.database }
    let escaped = directory.database.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"): "%" + String(byte, radix: 16)
      default: String(decoding: [byte], as: UTF8.self)
      }
    }
    return "file:\(escaped.joined())?immutable=1"
  }

  private static func prepareWriting(_ db: Database) throws {
    // WAL with FULL: the log is on the medium when a commit returns, and one fsync does it. GRDB chose NORMAL, under
    // which the last commits can be lost with the power. https://www.sqlite.org/pragma.html#pragma_synchronous
    try db.execute(sql: "PRAGMA synchronous = FULL")
    // macOS only, ignored elsewhere: fsync alone leaves data in the drive's cache.
    try db.execute(sql: "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
    // Debian's SQLite overwrites what is deleted with zeros; nothing here is secret, and nothing is deleted.
    try db.execute(sql: "PRAGMA secure_delete = OFF")
    // A log that a slow reader made long is cut when it starts over.
    try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
    try db.execute(sql: "PRAGMA cache_size = -16384")
  }

  /// Refuses files of other programs and of a newer hpsearch.
  private static func check(_ db: Database, _ directory: StudyDirectory) throws {
    let migrator = Schema.migrator
    // In this order: a study that begins in between gets its tables and its identity at once.
    let isEmpty = try !hasTables(db)
    let identity = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard identity == Schema.applicationID || isEmpty else {
      throw StoreError(
        .notAStudy, at: directory.database,
        "is the SQLite database of another program; is this the study's folder?")
    }
    if !isEmpty, try migrator.hasBeenSuperseded(db) {
      throw StoreError(
        .newerFormat, at: directory.database, "was written by a newer hpsearch; use that one, or a newer one still")
    }
  }

  /// False for a study that is about to begin.
  static func hasTables(_ db: Database) throws -> Bool {
    // The list of migrations is made a moment before the first of them.
    try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") != 0
  }

  /// Brings the tables to the format of this version.
  func migrate() throws(StoreError) {
    do {
      try Schema.migrator.migrate(queue)
    } catch {
      throw StoreError(error, in: directory)
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do {
      return try queue.read(body)
    } catch {
      throw StoreError(error, in: directory)
    }
  }

  /// Runs the body in one durable transaction.
  func write(_ body: (Database) throws -> Void) throws(StoreError) {
    do {
      try queue.inTransaction(.immediate) { db in
        try body(db)
        return .commit
      }
    } catch {
      throw StoreError(error, in: directory)
    }
  }

  /// Outside of a transaction.
  func access<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do {
      return try queue.inDatabase(body)
    } catch {
      throw StoreError(error, in: directory)
    }
  }

  /// - Precondition: No statement of the connection is alive any more.
  func close() throws(StoreError) {
    do {
      try queue.close()
    } catch {
      throw StoreError(error, in: directory)
    }
  }
}
