package import StudyModel

/// Chooses the points of a search space that are tried. Ask and tell, made for parallel workers.
///
/// A strategy knows nothing of processes, sockets, files or clocks. It is deterministic: the same configuration, seed,
/// calls of `tell` and requests give the same suggestions, in any process.
///
///     ask(numbers: 0..<4, asked: [], pending: [])                // trials 0 to 3 start
///     tell([trial 1])                                            // told once, in the order in which they completed
///     ask(numbers: 4..<5, asked: [0...3], pending: [0, 2, 3])    // all that was asked, and all that is not final
package protocol SearchStrategy: Sendable {
  /// Whether suggestions depend on what was told. If not, the same trials are asked whatever the number of workers,
  /// and the coordinator may ask ahead.
  var learns: Bool { get }

  /// How many trials there are at most, where the strategy knows: the size of the grid.
  var size: Int? { get }

  /// Takes notice of trials that became final since the last call. Each is told once; on a restart all are told again,
  /// in the same order.
  mutating func tell(_ completed: [CompletedTrial])

  /// Proposes points for the trials `request.numbers`, in that order. Fewer than asked for means that the space is
  /// exhausted.
  mutating func ask(_ request: AskRequest) throws -> [Suggestion]
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
  /// What the decision saw, kept in the store so that the decision can be recomputed; nil for strategies that do not
  /// learn.
  package var note: JSONValue?

  package init(point: Point, note: JSONValue? = nil) {
    self.point = point
    self.note = note
  }
}
