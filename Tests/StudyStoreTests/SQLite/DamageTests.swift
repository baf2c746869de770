import Foundation
import GRDB
import StudyModel
import StudyStore
import Testing

@Suite struct DamageTests {
  private func damaged(_ sql: String) throws -> TemporaryStudy {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(TemporaryStudy.events(trials: 0..<5), at: 1)
    try store.close()
    try DatabaseQueue(path: study.directory.database).write { db in
      try db.execute(sql: "DROP TRIGGER event_is_not_changed; DROP TRIGGER event_is_not_removed;" + sql)
    }
    return study
  }

  @Test(arguments: [
    "UPDATE event SET payload = '{\"point\":' WHERE seq = 7", "UPDATE event SET payload = '{}' WHERE seq = 7",
    "UPDATE event SET kind = 'surprise' WHERE seq = 7", "DELETE FROM event WHERE seq = 7",
  ])
  func anEventIsNamed(sql: String) throws {
    let study = try damaged(sql)
    let reader = try StudyReader(study.directory)
    let error = error { _ = try reader.events() }
    #expect(error?.kind == .corrupt)
    #expect(error?.description.contains("event 7") == true, "\(error?.description ?? "")")
    #expect(try reader.summary().events == 10)
    let store = try SQLiteStudyStore.open(study.directory)
    #expect(kind { _ = try store.replay() } == .corrupt)
  }

  @Test(arguments: [
    "UPDATE run SET state = 'lost' WHERE id = 2", "UPDATE run SET state = 'done' WHERE id = 2",
    "DELETE FROM run WHERE id = 2", "UPDATE trial SET asked = 999 WHERE number = 2",
  ])
  func aProjectionIsNamed(sql: String) throws {
    let study = try damaged(sql)
    #expect(kind { _ = try StudyReader(study.directory).trials() } == .corrupt)
  }

  @Test func anEventThatDoesNotFitTheOthersIsNamed() throws {
    let study = try damaged("UPDATE event SET trial = 9 WHERE seq = 3")
    let store = try SQLiteStudyStore.open(study.directory)
    let error = error { _ = try store.replay() }
    #expect(error?.kind == .corrupt)
    #expect(error?.place.contains("event 3") == true)
  }

  @Test func eventsCannotBeChanged() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(TemporaryStudy.events(trials: 0..<5), at: 1)
    let shell = try DatabaseQueue(path: study.directory.database)
    #expect(throws: DatabaseError.self) { try shell.write { try $0.execute(sql: "UPDATE event SET at = 0") } }
    #expect(throws: DatabaseError.self) { try shell.write { try $0.execute(sql: "DELETE FROM event") } }
  }

  @Test func otherFilesAreRefused() throws {
    let study = TemporaryStudy()
    try study.directory.create()
    try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: study.directory.database))
    for open in openers(study) { #expect(kind(open) == .notAStudy) }
    let size = study.size(study.directory.database)
    #expect(size == 8192)
    try FileManager.default.removeItem(atPath: study.directory.database)
    try DatabaseQueue(path: study.directory.database).write { try $0.execute(sql: "CREATE TABLE recipe (name)") }
    for open in openers(study) { #expect(kind(open) == .notAStudy) }
  }

  @Test func aNewerFormatIsRefused() throws {
    let study = try damaged("INSERT INTO grdb_migrations (identifier) VALUES ('99')")
    for open in openers(study) { #expect(kind(open) == .newerFormat) }
  }

  @Test func aTruncatedDatabaseIsAnError() throws {
    let study = try damaged("SELECT 1")
    let url = URL(fileURLWithPath: study.directory.database)
    try Data(contentsOf: url).prefix(12_000).write(to: url)
    let kind = kind { _ = try StudyReader(study.directory).trials() }
    #expect(kind == .corrupt)
  }

  private func openers(_ study: TemporaryStudy) -> [() throws -> Void] {
    [
      { _ = try StudyReader(study.directory) }, { _ = try SQLiteStudyStore.open(study.directory) },
      { _ = try SQLiteStudyStore.create(study.header, in: study.directory) },
    ]
  }
}
