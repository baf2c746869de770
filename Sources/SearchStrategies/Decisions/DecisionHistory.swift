package import StudyModel

/// What a strategy went through in a study: its decisions, and the results that it was told of.
package struct DecisionHistory: Sendable {
  package struct Entry: Hashable, Sendable {
    package let decision: Decision
    /// What the decision saw; nil for strategies that do not learn, and for trials that are not their decisions.
    package let saw: DecisionNote?
    /// How many trials were final when this one was started: a decision cannot have seen more.
    package let completedBefore: Int
  }

  /// By trial number.
  package private(set) var entries: [Entry] = []
  /// The final trials in the order in which their last runs finished: what the strategy was told, in the same order.
  package private(set) var completed: [CompletedTrial] = []

  /// - Parameters:
  ///   - state: the fold over the same events.
  package init(_ state: StudyState, events: some Sequence<StudyEvent>) {
    var open = state.trials.map(\.runs.count)
    for event in events {
      switch event {
      case .trialAsked(let number, let point, let note):
        let saw = note.flatMap(DecisionNote.init)
        let decision = Decision(number: number, point: point, note: saw == nil ? note : saw?.strategy)
        entries.append(Entry(decision: decision, saw: saw, completedBefore: completed.count))
      case .runFinished(let attempt, _, _):
        open[attempt.run.trial] -= 1
        guard open[attempt.run.trial] == 0 else { continue }
        completed.append(CompletedTrial(state.trials[attempt.run.trial]))
      default: continue
      }
    }
  }

  /// Takes a new strategy to where the last one was: the same calls in the same order, but for `ask`.
  package func restore(_ strategy: inout any SearchStrategy) {
    guard strategy.learns else { return strategy.tell(completed) }
    var told = 0
    for entry in entries {
      if let seen = entry.saw.map({ min($0.told, completed.count) }), seen > told {
        strategy.tell(Array(completed[told..<seen]))
        told = seen
      }
      strategy.decided(entry.decision)
    }
    if told < completed.count { strategy.tell(Array(completed[told...])) }
  }
}
