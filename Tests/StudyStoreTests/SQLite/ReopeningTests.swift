import Foundation
import GRDB
import HPSearchTesting
import StudyModel
import StudyStore
import Testing

@Suite struct ReopeningTests {
  @Test func aStudyGoesOnWhereItStopped() throws {
    let study = TemporaryStudy()
    let header = StoreSamples.header(folds: 2, seeds: 2)
    let batches = StoreSamples.batches(plan: header.plan, trials: 9, key: 11)
    try SQLiteStudyStore.create(header, in: study.directory).close()
    var state = StudyState(plan: header.plan)
    for batch in batches {
      let store = try SQLiteStudyStore.open(study.directory)
      #expect(store.header() == header)
      #expect(try store.replay() == state)
      try store.append(batch, at: 1)
      for event in batch { try state.apply(event) }
      if batch.count % 2 == 0 { try store.close() }
    }
    let store = try SQLiteStudyStore.open(study.directory)
    #expect(try store.replay() == state)
    #expect(try store.trials() == state.trials)
  }

  @Test func whatDoesNotFitIsRefusedAfterReopeningToo() throws {
    let study = TemporaryStudy()
    let attempt = Attempt(run: RunID(trial: 0, index: 0), number: 1)
    var store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(
      [
        .trialAsked(trial: 0, point: Point(), note: nil), .runAssigned(attempt, worker: "a"),
        .runFinished(attempt, .done(metrics: [:]), seconds: 1),
      ], at: 1)
    try store.close()
    store = try SQLiteStudyStore.open(study.directory)
    #expect(kind { try store.append([.runFinished(attempt, .done(metrics: [:]), seconds: 1)], at: 2) } == .conflict)
    #expect(kind { try store.append([.trialAsked(trial: 0, point: Point(), note: nil)], at: 2) } == .conflict)
  }

  @Test func closingLeavesOneFile() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    try store.append(TemporaryStudy.events(trials: 0..<50), at: 1)
    try store.setStatus(StudyStatus(.finished, at: 5, message: "done"))
    try store.close()
    #expect(!FileManager.default.fileExists(atPath: study.directory.database + "-wal"))
    #expect(try StudyReader(study.directory).status() == StudyStatus(.finished, at: 5, message: "done"))
  }

  @Test func aNewStudyIsNotMadeOverAnOldOne() throws {
    let study = TemporaryStudy()
    try SQLiteStudyStore.create(study.header, in: study.directory).close()
    let error = error { _ = try SQLiteStudyStore.create(study.header, in: study.directory) }
    #expect(error?.kind == .exists)
    #expect(error?.place == study.directory.path)
  }

  @Test func openingNeedsAStudy() throws {
    let study = TemporaryStudy()
    #expect(kind { _ = try SQLiteStudyStore.open(study.directory) } == .missing)
    #expect(kind { _ = try StudyReader(study.directory) } == .missing)
    try study.directory.create()
    #expect(kind { _ = try SQLiteStudyStore.open(study.directory) } == .missing)
  }

  @Test func aStudyThatWasKilledBeforeItBeganCanBegin() throws {
    let study = TemporaryStudy()
    try study.directory.create()
    // An empty database, as between the creation of the file and the first commit.
    #expect(FileManager.default.createFile(atPath: study.directory.database, contents: Data()))
    #expect(kind { _ = try StudyReader(study.directory).summary() } == .missing)
    #expect(kind { _ = try SQLiteStudyStore.open(study.directory) } == .missing)
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    #expect(try study.directory.readConfiguration() == store.header().configuration)
  }

  @Test func oneCoordinatorAtATime() throws {
    let study = TemporaryStudy()
    var store: SQLiteStudyStore? = try SQLiteStudyStore.create(study.header, in: study.directory)
    let error = error { _ = try SQLiteStudyStore.open(study.directory) }
    #expect(error?.kind == .locked)
    #expect(error?.description.contains("process \(ProcessInfo.processInfo.processIdentifier) on ") == true)
    #expect(try StudyReader(study.directory).coordinator?.hasPrefix("process ") == true)
    try store?.close()
    store = nil
    #expect(try StudyReader(study.directory).coordinator == nil)
    _ = try SQLiteStudyStore.open(study.directory)
  }

  /// The commits are in the log alone here. Whatever part of the log reached the medium, whole batches are found, in
  /// order, and never part of one.
  @Test func aTornLogLosesWholeCommitsFromTheEnd() throws {
    let study = TemporaryStudy()
    let header = StoreSamples.header(folds: 1, seeds: 2)
    let store = try SQLiteStudyStore.create(header, in: study.directory)
    store.idle()
    let batches = StoreSamples.batches(plan: header.plan, trials: 6, key: 21)
    var ends = [0: 0]
    var states = [StudyState(plan: header.plan)]
    for batch in batches {
      try store.append(batch, at: 1)
      ends[try store.summary().events] = states.count
      states.append(try store.replay())
    }
    let log = try Data(contentsOf: URL(fileURLWithPath: study.directory.database + "-wal"))
    #expect(log.count > 20_000)
    var last = 0
    // 41 cuts, at places that are no multiples of a page.
    for cut in (0...40).map({ log.count * $0 / 40 }) {
      let torn = try study.copy()
      try? FileManager.default.removeItem(atPath: torn.directory.database + "-shm")
      try log.prefix(cut).write(to: URL(fileURLWithPath: torn.directory.database + "-wal"))
      // A reader that comes first recovers the log too.
      let read = try StudyReader(torn.directory).summary().events
      let reopened = try SQLiteStudyStore.open(torn.directory)
      let index = try #require(ends[reopened.summary().events], "part of a batch was found after a cut at \(cut)")
      #expect(try reopened.replay() == states[index])
      #expect(try reopened.trials() == states[index].trials)
      #expect(try read == reopened.summary().events)
      #expect(index >= last)
      last = index
    }
    #expect(last == batches.count)
  }

  @Test func commitsAreDurable() throws {
    let study = TemporaryStudy()
    let store = try SQLiteStudyStore.create(study.header, in: study.directory)
    #expect(try store.durability() == "wal, synchronous 2")
  }
}
