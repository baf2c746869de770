package import StudyModel

/// Chooses the points of a search space that are tried. Ask and tell, made for parallel workers.
///
/// A strategy knows nothing of processes, sockets, files or clocks. It is deterministic: the same configuration, seed,
/// calls of `tell` and `decided` and the same request give the same suggestions, in any process. `ask` changes nothing
/// but caches: a suggestion that was prepared and never used leaves no trace.
///
///     ask(numbers: 0..<4, asked: [], pending: [])                // trials 0 to 3 start
///     tell([trial 1])                                            // told once, in the order in which they completed
///     ask(numbers: 4..<5, asked: [0...3], pending: [0, 2, 3])    // all that was asked, and all that is not final
///
/// A strategy that learns is asked for one trial at a time, on a thread of its own, and may take its time: workers
/// train meanwhile. What it goes through is one sequence, in which only the calls of `ask` are left out when it is
/// gone through again after a restart:
///
///     tell(results)  ask(trial n)  decided(trial n)  tell(results)  ask(trial n + 1)  decided(trial n + 1)  ...
package protocol SearchStrategy: Sendable {
  /// Whether suggestions depend on what was told. If not, the same trials are asked whatever the number of workers,
  /// and the coordinator may ask ahead.
  var learns: Bool { get }

  /// How many trials there are at most, where the strategy knows: the size of the grid.
  var size: Int? { get }

  /// Takes notice of trials that became final since the last call. Each is told once; on a restart all are told again,
  /// in the same order. Whether they come together or one by one makes no difference.
  mutating func tell(_ completed: [CompletedTrial])

  /// Proposes points for the trials `request.numbers`, in that order. Fewer than asked for means that the space is
  /// exhausted; from a strategy that learns, while trials are pending, that it waits for one of them.
  mutating func ask(_ request: AskRequest) throws -> [Suggestion]

  /// A suggestion of this strategy is the next trial. For strategies that learn, called for each trial in the order of
  /// their numbers; on a restart called again for all. What a decision hands on to the next ones (the last fit, from
  /// which the next one starts) has to come through here, from its note.
  mutating func decided(_ decision: Decision)

  /// Whether `observe` is to be called. Asked once; only a strategy that learns gets reports.
  var wantsReports: Bool { get }

  /// Takes notice of how a run comes on. For strategies that compare unfinished trials. Reports come in the order in
  /// which the store has them. They are not yet part of what a decision is known to have seen: a restart does not give
  /// them again.
  mutating func observe(_ report: TrialReport)
}

extension SearchStrategy {
  package var wantsReports: Bool { false }
  package mutating func decided(_ decision: Decision) {}
  package mutating func observe(_ report: TrialReport) {}
}

package struct AskRequest: Sendable {
  /// The numbers of the trials to come; `numbers.lowerBound == asked.count`.
  package var numbers: Range<Int>
  /// Every point asked so far, by trial number. The whole list, so that no point is asked twice, also after a restart.
  package var asked: [Point]
  /// The whole set of trials that are not final yet.
  package var pending: [PendingTrial]

  package init(numbers: Range<Int>, asked: [Point], pending: [PendingTrial]) {
    self.numbers = numbers
    self.asked = asked
    self.pending = pending
  }
}

package struct Suggestion: Hashable, Sendable {
  package var point: Point
  /// What the strategy wants kept of the decision: its random key, the fit that it rests on. Finite numbers only. The
  /// coordinator adds what the decision saw (`DecisionNote`). Nil for strategies that do not learn.
  package var note: JSONValue?

  package init(point: Point, note: JSONValue? = nil) {
    self.point = point
    self.note = note
  }
}
