import ClusterProtocol
import Foundation
import StudyModel
import Synchronization

/// What a run sees of its worker. The run calls it from the slot's thread; `requestStop` comes from the I/O thread.
final class SlotContext: RunContext, Sendable {
  private let attempt: Attempt
  private let mailbox: Mailbox
  private let checkpointInterval: Duration
  private let stop = Atomic<Bool>(false)
  private let times: Mutex<Times>
  /// Reports closer together than this are dropped: a training step can take a microsecond.
  private static let reportInterval = Duration.milliseconds(100)

  private struct Times {
    var checkpoint: Duration
    var report: Duration?
  }

  init(attempt: Attempt, mailbox: Mailbox, checkpointInterval: Duration) {
    self.attempt = attempt
    self.mailbox = mailbox
    self.checkpointInterval = checkpointInterval
    times = Mutex(Times(checkpoint: Uptime.now, report: nil))
  }

  func requestStop() { stop.store(true, ordering: .relaxed) }

  var stopRequested: Bool { stop.load(ordering: .relaxed) }

  var checkpointDue: Bool {
    if stopRequested { return true }
    let now = Uptime.now
    return times.withLock { now - $0.checkpoint >= checkpointInterval }
  }

  func log(_ level: LogLevel, _ message: String) {
    let line = LogLine(at: Date().timeIntervalSince1970, level: level, message: message)
    mailbox.post(.message(attempt, .log(attempt, [line])))
  }

  func report(step: Int, of total: Int?, metrics: [String: Double]) {
    let now = Uptime.now
    let isDue = times.withLock { times in
      if let last = times.report, now - last < Self.reportInterval { return false }
      times.report = now
      return true
    }
    if isDue { mailbox.post(.message(attempt, .report(attempt, step: step, total: total, metrics: metrics))) }
  }

  func survey(_ survey: Survey) { mailbox.post(.message(attempt, .survey(attempt, survey))) }

  func checkpoint(step: Int, bytes: [UInt8]) {
    times.withLock { $0.checkpoint = Uptime.now }
    for message in WorkerMessage.checkpoint(attempt, step: step, bytes: bytes) {
      mailbox.post(.message(attempt, message))
    }
  }
}
