import ClusterProtocol
import Foundation
import SearchStrategies
import StudyModel

/// A strategy that thinks on a thread of its own, so that the coordinator's loop never waits for it: one request at a
/// time, notices at any time, everything in the order in which it was posted. The thread ends with this object, after
/// the suggestion that it may be at.
final class StrategyThread {
  struct Answer: Sendable {
    /// Nil: the space is exhausted.
    var suggestion: Result<Suggestion?, any Error>
    /// Wall-clock time that it took.
    var seconds: Double
  }

  let wantsReports: Bool
  /// Whether a request was posted whose answer was not taken.
  private(set) var isAsked = false
  private let desk: Desk
  private static let stackSize = 8 << 20

  /// - Parameter wake: called on the strategy's thread whenever an answer lies ready.
  init(_ strategy: any SearchStrategy, restoring history: DecisionHistory, wake: @escaping @Sendable () -> Void) {
    wantsReports = strategy.wantsReports
    let desk = Desk()
    self.desk = desk
    let thread = Thread {
      var strategy = strategy
      history.restore(&strategy)
      while let letter = desk.next() {
        guard let answer = strategy.read(letter) else { continue }
        desk.put(answer)
        wake()
      }
    }
    thread.name = "strategy"
    thread.stackSize = Self.stackSize
    thread.start()
  }

  deinit { desk.close() }

  func tell(_ completed: [CompletedTrial]) { desk.post(.tell(completed)) }

  func observe(_ report: TrialReport) { desk.post(.observe(report)) }

  /// Asks for one trial. What it answers is decided: it has to become the trial, unless this object ends before.
  func ask(_ request: AskRequest) {
    precondition(!isAsked && request.numbers.count == 1, "a strategy is asked for one trial at a time")
    isAsked = true
    desk.post(.ask(request))
  }

  /// The answer, once it lies ready. Never waits.
  func takeAnswer() -> Answer? {
    guard isAsked, let answer = desk.takeAnswer() else { return nil }
    isAsked = false
    return answer
  }
}

extension SearchStrategy {
  fileprivate mutating func read(_ letter: Desk.Letter) -> StrategyThread.Answer? {
    switch letter {
    case .tell(let completed): tell(completed)
    case .observe(let report): observe(report)
    case .ask(let request):
      let start = Uptime.now
      let suggestion = Result { try ask(request).first }
      if let suggestion = try? suggestion.get() {
        decided(Decision(number: request.numbers.lowerBound, point: suggestion.point, note: suggestion.note))
      }
      return StrategyThread.Answer(suggestion: suggestion, seconds: (Uptime.now - start).inSeconds)
    }
    return nil
  }
}

/// What lies between the two threads.
///
/// `@unchecked Sendable`: everything below is touched only while `condition` is locked.
private final class Desk: @unchecked Sendable {
  enum Letter {
    case tell([CompletedTrial])
    case observe(TrialReport)
    case ask(AskRequest)
  }

  private let condition = NSCondition()
  private var letters: [Letter] = []
  private var answer: StrategyThread.Answer?
  private var isClosed = false

  func post(_ letter: Letter) {
    condition.lock()
    letters.append(letter)
    condition.signal()
    condition.unlock()
  }

  /// Waits for the next letter; nil when the desk is closed.
  func next() -> Letter? {
    condition.lock()
    defer { condition.unlock() }
    while letters.isEmpty, !isClosed { condition.wait() }
    return isClosed ? nil : letters.removeFirst()
  }

  func put(_ answer: StrategyThread.Answer) {
    condition.lock()
    self.answer = answer
    condition.unlock()
  }

  func takeAnswer() -> StrategyThread.Answer? {
    condition.lock()
    defer { condition.unlock() }
    defer { answer = nil }
    return answer
  }

  func close() {
    condition.lock()
    isClosed = true
    condition.signal()
    condition.unlock()
  }
}
