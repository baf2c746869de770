import Foundation
import StudyModel
import Synchronization

/// A run's way to its worker, for tests: keeps everything, and stops the run when it is told to.
final class RecordingContext: RunContext, Sendable {
  struct Record: Sendable {
    var logs: [String] = []
    var reports: [(step: Int, metrics: [String: Double])] = []
    var checkpoints: [(step: Int, bytes: [UInt8])] = []
    var surveys: [Survey] = []
    var questions = 0
  }

  private let record = Mutex(Record())
  /// Called with the number of times that the run asked whether it is to stop.
  private let shouldStop: @Sendable (Int) -> Bool
  private let shouldCheckpoint: @Sendable (Int) -> Bool

  init(
    stop: @escaping @Sendable (Int) -> Bool = { _ in false },
    checkpoint: @escaping @Sendable (Int) -> Bool = { _ in false }
  ) {
    shouldStop = stop
    shouldCheckpoint = checkpoint
  }

  var logs: [String] { record.withLock { $0.logs } }
  var reports: [(step: Int, metrics: [String: Double])] { record.withLock { $0.reports } }
  var checkpoints: [(step: Int, bytes: [UInt8])] { record.withLock { $0.checkpoints } }

  var surveys: [Survey] { record.withLock { $0.surveys } }

  func survey(_ survey: Survey) {
    record.withLock { $0.surveys.append(survey) }
  }

  func log(_ level: LogLevel, _ message: String) {
    record.withLock { $0.logs.append(message) }
  }

  func report(step: Int, of total: Int?, metrics: [String: Double]) {
    record.withLock { $0.reports.append((step, metrics)) }
  }

  func checkpoint(step: Int, bytes: [UInt8]) {
    record.withLock { $0.checkpoints.append((step, bytes)) }
  }

  var checkpointDue: Bool {
    shouldCheckpoint(record.withLock { $0.questions }) || shouldStop(record.withLock { $0.questions })
  }

  var stopRequested: Bool {
    shouldStop(
      record.withLock {
        $0.questions += 1
        return $0.questions
      })
  }
}

/// A folder for one test; it goes with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("objectives-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String, executable: Bool = false) throws {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    if executable { chmod(file, 0o755) }
  }

  func read(_ name: String) -> String? {
    try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }
}
