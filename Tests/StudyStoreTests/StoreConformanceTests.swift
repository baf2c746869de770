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

  /// The samples reach every kind of event and every final state, else the suite shows little.
  @Test func samplesAreRich() throws {
    let plan = RunPlan(folds: 2, seeds: 2)
    let events = (1...5).flatMap { StoreSamples.batches(plan: plan, trials: 12, key: $0) }.flatMap { $0 }
    let names = Set(events.map { "\($0)".prefix { $0 != "(" } })
    #expect(names.count == 6)
    let outcomes = Set(
      events.compactMap { event in
        if case .runFinished(_, let outcome, _) = event { outcome.state } else { nil }
      })
    #expect(outcomes == [.done, .failed, .pruned, .cancelled])
  }
}
