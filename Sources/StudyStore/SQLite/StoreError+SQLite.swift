import GRDB

extension StoreError {
  /// The error of a database access, in the words of the study folder.
  init(_ error: any Error, in directory: StudyDirectory) {
    let place = directory.database
    switch error {
    case let error as StoreError:
      self = error
    case let error as StudyQueries.Damage:
      self.init(
        .corrupt, at: place,
        "is damaged at \(error.place): \(error.message); restore the study folder from a copy")
    case let error as DatabaseError:
      self.init(error, at: place)
    default:
      self.init(.io, at: place, "\(error)")
    }
  }

  private init(_ error: DatabaseError, at place: String) {
    let found = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL:
      self.init(
        .full, at: place, "the disk is full, nothing of this was stored; free some space and start again (\(found))")
    case .SQLITE_NOTADB:
      self.init(.notAStudy, at: place, "is not a SQLite database; is this the study's folder? (\(found))")
    case .SQLITE_CORRUPT:
      self.init(.corrupt, at: place, "is damaged; restore the study folder from a copy (\(found))")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        .locked, at: place, "another program holds the database; close its transaction and try again (\(found))")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self.init(.readOnly, at: place, "cannot be written to; make it writable or copy the study (\(found))")
    case .SQLITE_CANTOPEN:
      self.init(.readOnly, at: place, "cannot be opened; see to its permissions (\(found))")
    default:
      self.init(.io, at: place, "\(found), SQLite error \(error.extendedResultCode.rawValue)")
    }
  }
}
