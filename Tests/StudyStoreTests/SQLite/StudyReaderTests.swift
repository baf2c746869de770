import Foundation
import GRDB
import HPSearchTesting
import StudyModel
import StudyStore
import Testing

@Suite struct StudyReaderTests {
  @Test func aReaderSeesWhatTheWriterSees() throws {
    let study = TemporaryStudy()
    let header = StoreSamples.header(folds: 2, seeds: 1)
    let store = try SQLiteStudyStore.create(header, in: study.directory)
    let reader = try StudyReader(study.directory)
    for (index, batch) in StoreSamples.batches(plan: header.plan, trials: 10, key: 31).enumerated() {
      try store.append(batch, at: 5 + Double(index))
      #expect(try reader.summary() == store.summary())
      #expect(try reader.trials() == store.trials())
      #expect(try reader.events() == store.events())
    }
    try store.setStatus(StudyStatus(.interrupted, at: 99, message: "Ctrl-C"))
    try store.replaceConfiguration("{\"more\": 1}")
    #expect(try reader.header() == store.header())
    #expect(try reader.status() == store.status())
    try store.close()
    #expect(try reader.trials().count == 10)
  }

  @Test func theSummaryKnowsTimesAndRates() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    for trial in 0..<300 {
      try store.append(TemporaryStudy.events(trials: trial..<trial + 1), at: 100 + 0.5 * Double(trial))
    }
    let attempt = Attempt(run: RunID(trial: 300, index: 0), number: 1)
    try store.append(
      [
        .trialAsked(trial: 300, point: Point(), note: nil), .runAssigned(attempt, worker: "w"),
        .runReported(attempt, step: 4, metrics: ["loss": 0.5]),
      ], at: 400)
    let summary = try store.summary()
    #expect(summary.startedAt == 100)
    #expect(summary.lastEventAt == 400)
    #expect(summary.recentRunsPerSecond == 2)
    let running = RunningRun(attempt: attempt, worker: "w", step: 4, metrics: ["loss": 0.5], startedAt: 400)
    #expect(summary.running == [running])
    let twin = InMemoryStudyStore(study.header)
    try store.forEachEvent(after: 0) { stored throws(StoreError) in try twin.append([stored.event], at: stored.at) }
    #expect(twin.summary() == summary)
  }

  /// A reader in the middle of a long read: the writer goes on and is not made to wait, the reader sees its snapshot,
  /// and the log is cut when the reader has left.
  @Test func aSlowReaderStopsNobody() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(TemporaryStudy.events(trials: 0..<100), at: 1)
    let reader = try StudyReader(study.directory)
    var seen = 0
    try reader.forEachEvent(after: 0) { stored throws(StoreError) in
      seen += 1
      let start = 100 + 20 * (stored.sequence - 1)
      try store.append(TemporaryStudy.events(trials: start..<start + 20), at: 2)
      if stored.sequence % 50 == 0 { store.idle() }
    }
    #expect(seen == 200)
    #expect(try reader.summary().events == 200 + 200 * 40)
    #expect(study.size(study.directory.database + "-wal") > 1 << 20)
    store.idle()
    #expect(study.size(study.directory.database + "-wal") == 0)
    #expect(try reader.trials() == store.replay().trials)
  }

  @Test func aReaderHelpsItselfAfterAKill() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(TemporaryStudy.events(trials: 0..<100), at: 1)
    for withSharedMemory in [true, false] {
      let killed = try study.copy()
      if !withSharedMemory { try FileManager.default.removeItem(atPath: killed.directory.database + "-shm") }
      let reader = try StudyReader(killed.directory)
      #expect(try reader.trials() == store.trials())
      #expect(try reader.status().phase == .running)
      #expect(reader.coordinator == nil)
    }
  }

  /// What a folder on a read-only medium looks like; the superuser may write anywhere, so that nothing can be tested
  /// then.
  @Test(.enabled(if: getuid() != 0, "the superuser ignores permissions")) func aReadOnlyFolderCanBeRead() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(TemporaryStudy.events(trials: 0..<10), at: 1)
    let killed = try study.copy()
    try store.close()
    try setPermissions(0o555, of: study.directory.path)
    try setPermissions(0o444, of: study.directory.database)
    #expect(try StudyReader(study.directory).trials().count == 10)
    #expect(kind { _ = try SQLiteStudyStore.open(study.directory) } == .readOnly)
    try setPermissions(0o755, of: study.directory.path)
    // Where the log cannot be read, an error rather than an old state.
    try FileManager.default.removeItem(atPath: killed.directory.database + "-shm")
    try setPermissions(0o555, of: killed.directory.path)
    let error = error { _ = try StudyReader(killed.directory) }
    try setPermissions(0o755, of: killed.directory.path)
    #expect(error?.kind == .readOnly)
    #expect(error?.description.contains("study.sqlite-wal") == true)
  }

  private func setPermissions(_ permissions: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
  }

  /// What a person with the sqlite3 shell finds.
  @Test func theViewsSpeakForThemselves() throws {
    let study = TemporaryStudy()
    var header = study.header
    header.plan = RunPlan(folds: 2, seeds: 1)
    let store = try SQLiteStudyStore.create(header, in: study.directory)
    var events: [StudyEvent] = [.trialAsked(trial: 0, point: Point(["inference.prior.scale": 0.5]), note: nil)]
    for fold in 0..<2 {
      let attempt = Attempt(run: RunID(trial: 0, index: fold), number: 1)
      events.append(.runAssigned(attempt, worker: "a"))
      events.append(.runFinished(attempt, .done(metrics: ["elbo": -2 - Double(fold), "rmse": 0.5]), seconds: 1))
    }
    try store.append(events, at: 1_769_000_000.5)
    let shell = try DatabaseQueue(path: study.directory.database)
    func rows(_ sql: String) throws -> [String] {
      try shell.read { db in
        try Row.fetchAll(db, sql: sql).map { $0.databaseValues.map(\.description).joined(separator: " ") }
      }
    }
    #expect(
      try rows("SELECT * FROM result ORDER BY trial, run, metric") == [
        "0 0 0 0 \"elbo\" -2.0", "0 0 0 0 \"rmse\" 0.5", "0 1 1 0 \"elbo\" -3.0", "0 1 1 0 \"rmse\" 0.5",
      ])
    #expect(try rows("SELECT * FROM score ORDER BY metric") == ["0 \"elbo\" -2.5 2", "0 \"rmse\" 0.5 2"])
    #expect(try rows("SELECT * FROM parameter") == ["0 \"inference.prior.scale\" 0.5"])
    #expect(
      try rows("SELECT time, kind FROM history WHERE seq = 1") == ["\"2026-01-21T12:53:20.500Z\" \"trial-asked\""])
    #expect(try rows("SELECT number, state FROM trial") == ["0 \"done\""])
  }
}
