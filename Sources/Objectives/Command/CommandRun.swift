import Foundation
import StudyModel

/// One run in a process: reads what it says until it gives a result, fails, ends, takes too long or is stopped.
final class CommandRun {
  struct Failure: Error {
    var reason: String
    /// Whether the process is of no more use.
    var endsProcess: Bool
  }

  /// How many of the last lines a reason quotes.
  private static let quotedLines = 5

  private let process: ChildProcess
  private let context: any RunContext
  private let metric: String
  private let timeout: Double?
  private var limiter = LogLimiter()
  private var lastErrors: [String] = []
  private var lastText: String?
  private var reports = 0
  private var hasSpoken = false

  init(process: ChildProcess, context: any RunContext, metric: String, timeout: Double?) {
    self.process = process
    self.context = context
    self.metric = metric
    self.timeout = timeout
  }

  /// What came after the result of the run before belongs to none: it is logged, and a late result counts for nothing.
  func discardLeftovers() {
    for _ in 0..<1000 {
      let batch = process.poll(milliseconds: 0)
      if batch.isEmpty { return }
      for line in batch.output + batch.errors {
        limiter.log(.info, "(after the run before) " + String(decoding: line, as: UTF8.self), to: context)
      }
    }
  }

  /// - Returns: The metrics; nil as `CommandObjective.attempt` says.
  /// - Throws: `Failure`, or `RunInterrupted` when the run was asked to stop.
  func wait(mayHaveLeft: Bool) throws -> [String: Double]? {
    defer { limiter.flush(to: context) }
    let end = timeout.map { ContinuousClock.now + .seconds(min($0, 1e9)) }
    var closedSince: ContinuousClock.Instant?
    while true {
      if context.stopRequested { throw RunInterrupted() }
      // Asked before the poll: what was written before the end is in the pipes then.
      let hasEnded = process.hasEnded()
      let batch = process.poll(milliseconds: hasEnded ? 0 : Self.pause(until: end))
      if let metrics = try take(batch) { return metrics }
      if hasEnded || process.isOutputClosed {
        // After its end the pipes are read to their end, if not for ever: its own children may hold them. A process
        // that closed its output may be about to end, and its status says more than the closed output.
        closedSince = closedSince ?? .now
        let isDrained = hasEnded && batch.isEmpty
        if isDrained || ContinuousClock.now - (closedSince ?? .now) > .seconds(1) {
          process.terminate(politely: false)
          if mayHaveLeft, !hasSpoken, process.status == .exited(0) { return nil }
          throw ended(hasEnded)
        }
      }
      if let end, ContinuousClock.now >= end {
        let silence = hasSpoken ? "" : "; it printed nothing (is its output flushed?)"
        throw Failure(
          reason: "no result within \(Self.seconds(timeout ?? 0)) s (objective.timeout); the program was ended"
            + silence + quotes, endsProcess: true)
      }
    }
  }

  private func take(_ batch: ChildProcess.Batch) throws -> [String: Double]? {
    for line in batch.errors {
      hasSpoken = true
      let text = String(decoding: line, as: UTF8.self)
      if !text.isEmpty { lastErrors.append(LogLimiter.cut(text, to: 300)) }
      limiter.log(.info, text, to: context)
    }
    lastErrors.removeFirst(max(0, lastErrors.count - Self.quotedLines))
    if batch.hasOverlongLine {
      throw Failure(
        reason: "a line of the program's output is longer than \(ChildProcess.longestLine >> 20) MiB", endsProcess: true
      )
    }
    var metrics: [String: Double]?
    var failure: Failure?
    for line in batch.output {
      hasSpoken = true
      let isOver = metrics != nil || failure != nil
      switch CommandMessage(line) {
      case .text(let text):
        lastText = LogLimiter.cut(text, to: 300)
        limiter.log(.info, text, to: context)
      case .log(let level, let text):
        limiter.log(level, text, to: context)
      case .report where isOver, .result where isOver, .failure where isOver:
        limiter.log(
          .warning, "said after the end of the run, ignored: \(String(decoding: line, as: UTF8.self))", to: context)
      case .report(let step, let values, let notFinite):
        report(step, values, notFinite)
      case .result(let result):
        do throws(ObjectiveError) {
          metrics = try CommandMessage.metrics(result, wanted: metric)
        } catch {
          failure = Failure(reason: error.description, endsProcess: false)
        }
      case .failure(let reason):
        failure = Failure(reason: reason, endsProcess: false)
      }
    }
    if let failure { throw failure }
    return metrics
  }

  private func report(_ step: Int?, _ metrics: [String: Double], _ notFinite: [String]) {
    reports += 1
    let step = step ?? reports
    if !notFinite.isEmpty {
      let names = notFinite.joined(separator: ", ")
      limiter.log(.warning, "step \(step): left out of the report, no finite number: \(names)", to: context)
    }
    context.report(step: step, of: nil, metrics: metrics)
  }

  private func ended(_ byItself: Bool) -> Failure {
    let how = byItself ? "ended with \(process.status.map { "\($0)" } ?? "no status")" : "closed its output"
    return Failure(reason: "the program \(how) before it gave a result" + quotes, endsProcess: true)
  }

  private var quotes: String {
    var result = ""
    if let lastText { result += "; last line printed: \(lastText)" }
    if !lastErrors.isEmpty { result += "; standard error: \(lastErrors.joined(separator: " | "))" }
    return result
  }

  /// Milliseconds to the end of the run's time, at most 20, so that a stop is seen soon.
  private static func pause(until end: ContinuousClock.Instant?) -> Int {
    guard let end else { return 20 }
    let left = (end - ContinuousClock.now).components
    return max(0, min(20, Int(left.seconds) * 1000 + Int(left.attoseconds / 1_000_000_000_000_000) + 1))
  }

  /// 10 and not 10.0
  private static func seconds(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
