import Foundation
import StudyModel
import StudyStore
import Testing

/// The best trial that was noted, with the values that the records give.
@Suite struct BestTrialTests {
  private static let metrics: [[[String: Double]?]] = [
    [["elbo": -3, "x\"y": 1], ["elbo": -5, "x\"y": 2]],
    [["elbo": -2, "x\"y": 9], ["elbo": -4]],
    [["elbo": -4], ["elbo": -2]],
    [["elbo": .infinity], ["elbo": 0]],
    [["elbo": 100], nil],
  ]

  private func withReader(_ body: (SQLiteStudyStore, StudyReader) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "hpsearch-best-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let header = StudyHeader(name: "s", configuration: "{}", plan: RunPlan(folds: 2, seeds: 1), seed: 0, createdAt: 0)
    let store = try SQLiteStudyStore.create(header, in: StudyDirectory(path))
    for (trial, runs) in Self.metrics.enumerated() {
      var events: [StudyEvent] = [.trialAsked(trial: trial, point: Point(), note: nil)]
      for (index, metrics) in runs.enumerated() {
        let attempt = Attempt(run: RunID(trial: trial, index: index), number: 1)
        let outcome = metrics.map { RunOutcome.done(metrics: $0) } ?? .failed(reason: "x")
        events += [.runAssigned(attempt, worker: "w"), .runFinished(attempt, outcome, seconds: 1)]
      }
      try store.append(events, at: Double(trial))
    }
    try body(store, try StudyReader(StudyDirectory(path)))
    try store.close()
  }

  @Test func valuesOfTheTrialThatWasNoted() throws {
    try withReader { store, reader in
      let before = try reader.best(by: "elbo")
      #expect(before == nil)
      for trial in [0, 1] {
        try store.setBest(trial: trial)
        let best = try #require(try reader.best(by: "elbo"))
        let records = try reader.trials()
        #expect(best.trial == trial)
        #expect(best.value == records[trial].metrics["elbo"])
      }
    }
  }

  @Test func everyRunMustHaveTheMetric() throws {
    try withReader { store, reader in
      try store.setBest(trial: 0)
      let whole = try reader.best(by: "x\"y")
      try store.setBest(trial: 1)
      let partial = try reader.best(by: "x\"y")
      let missing = try reader.best(by: "rmse")
      #expect(whole?.trial == 0)
      #expect(partial == nil && missing == nil)
    }
  }
}
