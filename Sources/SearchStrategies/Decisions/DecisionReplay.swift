import StudyModel

/// Makes every decision of a study again, one after the other, each from what it saw: the results it had been told of,
/// the trials that were pending, and the earlier decisions as they are stored.
///
///     for finding in DecisionReplay(history, strategy: try makeStrategy(for: configuration)) { ... }
///
/// A decision that comes out differently does not change those after it: they are made from what is stored.
package struct DecisionReplay: Sequence, IteratorProtocol {
  package struct Finding: Hashable, Sendable {
    package let stored: Decision
    package let outcome: Outcome
  }

  package enum Outcome: Hashable, Sendable {
    case same
    /// The point or the note came out differently; nil when the strategy finds the space exhausted.
    case differs(Suggestion?)
    /// It is not a decision of this strategy, or what it saw is not known.
    case notRecomputed(reason: String)
  }

  private let history: DecisionHistory
  private var strategy: any SearchStrategy
  private var asked: [Point] = []
  private var told = 0
  /// The trials that were asked for and not told of; kept for strategies that learn.
  private var pending: [PendingTrial] = []

  /// - Parameter strategy: a new one, made from the study's configuration.
  package init(_ history: DecisionHistory, strategy: any SearchStrategy) {
    self.history = history
    self.strategy = strategy
  }

  package mutating func next() -> Finding? {
    guard asked.count < history.entries.count else { return nil }
    let entry = history.entries[asked.count]
    let outcome = strategy.learns ? learned(entry) : recomputed(entry.decision)
    let decision = entry.decision
    if strategy.learns {
      strategy.decided(decision)
      pending.append(PendingTrial(number: decision.number, point: decision.point))
    }
    asked.append(decision.point)
    return Finding(stored: decision, outcome: outcome)
  }

  private mutating func learned(_ entry: DecisionHistory.Entry) -> Outcome {
    guard let saw = entry.saw else {
      return .notRecomputed(reason: "the store has no note of what it saw: somebody else chose it")
    }
    guard saw.told <= entry.completedBefore else {
      return .notRecomputed(
        reason: "its note says that \(saw.told) trials had ended, and the store has \(entry.completedBefore) before it")
    }
    guard saw.told >= told else {
      return .notRecomputed(
        reason: "its note says that \(saw.told) trials had ended, and an earlier decision saw \(told)")
    }
    let news = Array(history.completed[told..<saw.told])
    if !news.isEmpty { strategy.tell(news) }
    told = saw.told
    let numbers = Set(news.map(\.number))
    pending.removeAll { numbers.contains($0.number) }
    guard pending.map(\.number) == saw.pending else {
      return .notRecomputed(reason: "its note says that the trials \(saw.pending) were pending, and the store others")
    }
    return recomputed(entry.decision)
  }

  private mutating func recomputed(_ stored: Decision) -> Outcome {
    do {
      let number = stored.number
      let request = AskRequest(numbers: number..<number + 1, asked: asked, pending: pending)
      let suggestion = try strategy.ask(request).first
      return suggestion == Suggestion(point: stored.point, note: stored.note) ? .same : .differs(suggestion)
    } catch {
      return .notRecomputed(reason: "\(error)")
    }
  }
}
