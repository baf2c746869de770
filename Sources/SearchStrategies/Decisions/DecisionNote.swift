package import StudyModel

/// What a decision of a strategy that learns saw, as the event of the trial keeps it, so that the decision can be
/// recomputed:
///
///     {"told": 17, "pending": [15, 18], "strategy": ...}
///
/// The points of all earlier trials are not repeated: the events before it have them.
package struct DecisionNote: Hashable, Sendable {
  /// The strategy had been told of so many trials: the first of the study, in the order in which they became final.
  package var told: Int
  /// The numbers of the trials that had been asked for and not been told of.
  package var pending: [Int]
  /// The strategy's own note.
  package var strategy: JSONValue?

  package init(told: Int, pending: [Int], strategy: JSONValue? = nil) {
    self.told = told
    self.pending = pending
    self.strategy = strategy
  }

  /// Nil where the note is none that a coordinator writes.
  package init?(_ json: JSONValue) {
    guard let object = json.object, let told = object["told"]?.int, told >= 0,
      let pending = object["pending"]?.array
    else { return nil }
    let numbers = pending.compactMap(\.int)
    guard numbers.count == pending.count else { return nil }
    self.init(told: told, pending: numbers, strategy: object["strategy"])
  }

  package var json: JSONValue {
    var object: JSONObject = ["told": .integer(told), "pending": .array(pending.map { .integer($0) })]
    object["strategy"] = strategy
    return .object(object)
  }
}
