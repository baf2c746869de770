import GRDB
import HPSearchTesting
import StudyModel
import StudyStore
import Testing

@Suite struct FullDiskTests {
  /// Nothing of the failed append is stored, and the store goes on when there is space again.
  @Test func anAppendThatDoesNotFitIsTakenBack() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(TemporaryStudy.events(trials: 0..<100), at: 1)
    let before = try (store.events(), store.trials(), store.summary())
    try store.limitSize(bytes: study.size(study.directory.database) + 4096 * 20)
    let many = TemporaryStudy.events(trials: 100..<20_000)
    for _ in 0..<2 {
      let error = error { try store.append(many, at: 2) }
      #expect(error?.kind == .full, "\(error?.description ?? "")")
      #expect(try store.events() == before.0)
      #expect(try store.trials() == before.1)
      #expect(try store.summary() == before.2)
    }
    try store.limitSize(bytes: 1 << 30)
    try store.append(many, at: 3)
    #expect(try store.trials().count == 20_000)
    #expect(try store.trials() == store.replay().trials)
    #expect(try StudyReader(study.directory).summary() == store.summary())
  }

  /// Another program holds a write transaction: an error after the time that SQLite waits, and no harm.
  @Test func aForeignWriterIsAnError() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let shell = try DatabaseQueue(path: study.directory.database, configuration: configuration)
    try shell.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    try store.setPatience(seconds: 0.05)
    #expect(kind { try store.append(TemporaryStudy.events(trials: 0..<1), at: 1) } == .locked)
    try shell.inDatabase { try $0.execute(sql: "ROLLBACK") }
    try store.append(TemporaryStudy.events(trials: 0..<1), at: 1)
    #expect(try store.events().count == 2)
  }
}
