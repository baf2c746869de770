import GRDB

extension StudyReader {
  /// The version of the SQLite that is linked, for example "3.40.1".
  package static var sqliteVersion: String {
    let number = Int(Database.sqliteLibVersionNumber)
    return "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
  }
}
