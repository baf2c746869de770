import Foundation
import StudyModel
import StudyStore
import Testing

/// The best trial that the database chooses is the one that the records give.
@Suite struct BestTrialTests {
  private static let metrics: [[[String: Double]?]] = [
    [["elbo": -3, "x\"y": 1], ["elbo": -5, "x\"y": 2]],
    [["elbo": -2, "x\"y": 9], ["elbo": -4]],
    [["elbo": -4], ["elbo": -2]],
    [["elbo": .infinity], ["elbo": 0]],
    [["elbo": 100], nil],
  ]

  private func withReader(_ body: (StudyReader) throws -> Void) throws {
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
    try body(try StudyReader(StudyDirectory(path)))
    try store.close()
  }

  @Test func meansOfTrialsThatAreDone() throws {
    try withReader { reader in
      // Trials 1 and 2 are equal; trial 3 has a value that is not finite, trial 4 failed.
      let highest = try #require(try reader.best(by: "elbo", highest: true))
      #expect(highest.trial == 1)
      #expect(highest.value == Aggregate(of: [-2, -4]))
      let records = try reader.trials()
      #expect(records[1].metrics["elbo"] == highest.value)
      let lowest = try reader.best(by: "elbo", highest: false)
      #expect(lowest?.trial == 0)
    }
  }

  @Test func everyRunMustHaveTheMetric() throws {
    try withReader { reader in
      let partial = try reader.best(by: "x\"y", highest: true)
      let missing = try reader.best(by: "rmse", highest: true)
      #expect(partial?.trial == 0)
      #expect(missing == nil)
    }
  }
}
