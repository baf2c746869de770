import Foundation
import StudyModel
import StudyStore

/// A study folder of its own for one test; removed with it.
final class TemporaryStudy {
  let directory: StudyDirectory

  init() {
    directory = StudyDirectory(NSTemporaryDirectory() + "hpsearch-store-\(UUID().uuidString)")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.path) }

  var header: StudyHeader {
    StudyHeader(
      name: "t", configuration: "{}", plan: RunPlan(folds: 1, seeds: 1), seed: 3, createdAt: 1_769_000_000)
  }

  /// Two events a trial: asked and cancelled.
  static func events(trials: Range<Int>) -> [StudyEvent] {
    trials.flatMap { trial -> [StudyEvent] in
      let attempt = Attempt(run: RunID(trial: trial, index: 0), number: 0)
      return [
        .trialAsked(trial: trial, point: Point(["x": .integer(trial)]), note: nil),
        .runFinished(attempt, .cancelled(reason: "test"), seconds: 0),
      ]
    }
  }

  func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// The folder as it would be found after `kill -9` now.
  func copy() throws -> TemporaryStudy {
    let copy = TemporaryStudy()
    try FileManager.default.copyItem(atPath: directory.path, toPath: copy.directory.path)
    return copy
  }
}

/// The kind of the error that the body throws; nil when it throws none.
func kind(_ body: () throws -> Void) -> StoreError.Kind? {
  error(body)?.kind
}

func error(_ body: () throws -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StoreError
  }
}
