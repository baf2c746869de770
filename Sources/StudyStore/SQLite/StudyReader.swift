import GRDB
package import StudyModel

/// Looks at a study in its folder, whether its coordinator runs, was killed, or is long done.
///
/// Read-only: a reader sees the last commit, never makes the writer wait, and holds a snapshot no longer than one call.
/// On a medium that cannot be written to, where SQLite could not make its shared memory file, a database without a log
/// is read as immutable.
package final class StudyReader: StudySource {
  package let directory: StudyDirectory
  private let connection: StudyConnection

  /// - Throws: `StoreError.missing` when there is no study, `.notAStudy`, `.newerFormat`, `.readOnly`.
  package init(_ directory: StudyDirectory) throws(StoreError) {
    guard directory.holdsStudy else { throw StoreError.noStudy(in: directory) }
    self.directory = directory
    do {
      connection = try StudyConnection(directory, .read)
    } catch  where error.kind == .readOnly {
      if Files.size(of: directory.database + "-wal") ?? 0 > 0 {
        throw StoreError(
          .readOnly, at: directory.database,
          "its last commits are in study.sqlite-wal, which cannot be read in a folder that cannot be written to; "
            + "copy the folder to where it can be")
      }
      connection = try StudyConnection(directory, .readImmutable)
    }
  }

  /// Who runs the study now, for example "process 4711 on node-3"; nil when nobody does.
  package var coordinator: String? { StudyLock.holder(of: directory) }

  package func header() throws(StoreError) -> StudyHeader { try study { $1.0 } }

  package func status() throws(StoreError) -> StudyStatus { try study { $1.1 } }

  package func summary() throws(StoreError) -> StudySummary {
    try study { db, study in try StudyQueries.summary(db, study.0, study.1) }
  }

  /// The trial that `StudyStore.setBest` noted, and its values of a metric; nil when it has none.
  package func best(by metric: String) throws(StoreError) -> (trial: Int, value: Aggregate)? {
    try study { db, study in try StudyQueries.best(db, study.0.plan, by: metric) }
  }

  package func trials() throws(StoreError) -> [TrialRecord] {
    try study { db, study in try StudyQueries.trials(db, study.0.plan) }
  }

  package func forEachEvent(
    after sequence: Int, _ body: (StoredEvent) throws(StoreError) -> Void
  ) throws(StoreError) {
    try study { db, _ in try StudyQueries.forEachEvent(db, after: sequence, body) }
  }

  package func close() throws(StoreError) { try connection.close() }

  /// One snapshot for the header and what is asked beside it.
  private func study<T>(
    _ body: (Database, (StudyHeader, StudyStatus)) throws -> T
  ) throws(StoreError) -> T {
    try connection.read { [directory] db in
      guard try StudyConnection.hasTables(db), let study = try StudyQueries.study(db) else {
        throw StoreError.noStudy(in: directory)
      }
      return try body(db, study)
    }
  }
}
