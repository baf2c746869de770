import GRDB
import HPSearchTesting
import StudyModel
import StudyStore
import Testing

@Suite struct StoreConformanceTests {
  @Test func inMemory() throws {
    try StoreConformance { InMemoryStudyStore($0) }.checkAll()
  }

  @Test func sqlite() throws {
    var studies: [TemporaryStudy] = []
    try StoreConformance { header in
      studies.append(TemporaryStudy())
      return try SQLiteStudyStore.create(header, in: studies.last!.directory)
    }.checkAll()
  }

  /// A study that an earlier version began has no column for member runs: it can be looked at, and gone on with.
  @Test func studiesWithoutMemberRunsAreRead() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append([.trialAsked(trial: 0, point: Point(["x": 1]), note: nil)], at: 1)
    try store.close()
    let shell = try DatabaseQueue(path: study.directory.database)
    try shell.write { db in
      try db.execute(
        sql: """
          DROP VIEW score; DROP VIEW result; ALTER TABLE study DROP COLUMN member_runs;
          ALTER TABLE run DROP COLUMN survey;
          CREATE VIEW result AS SELECT 1; CREATE VIEW score AS SELECT 1;
          DELETE FROM grdb_migrations WHERE identifier = '2'
          """)
    }
    try shell.close()
    let seen = try StudyReader(study.directory).header()
    #expect(seen == study.header)
    let again = try SQLiteStudyStore.open(study.directory)
    let trials = try again.trials()
    #expect(trials.count == 1 && trials[0].runs.count == 1)
    try again.close()
    #expect(try StudyReader(study.directory).header() == study.header)
  }

  /// The samples reach every kind of event and every final state, else the suite shows little.
  @Test func samplesAreRich() throws {
    let plan = RunPlan(folds: 2, seeds: 2)
    let events = (1...5).flatMap { StoreSamples.batches(plan: plan, trials: 12, key: $0) }.flatMap { $0 }
    let names = Set(events.map { "\($0)".prefix { $0 != "(" } })
    #expect(names.count == 7)
    let outcomes = Set(
      events.compactMap { event in
        if case .runFinished(_, let outcome, _) = event { outcome.state } else { nil }
      })
    #expect(outcomes == [.done, .failed, .pruned, .cancelled])
  }
}
