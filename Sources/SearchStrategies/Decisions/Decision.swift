package import StudyModel

/// A suggestion that became a trial.
package struct Decision: Hashable, Sendable {
  /// The trial's number.
  package let number: Int
  package let point: Point
  /// The strategy's own note, `Suggestion.note`.
  package let note: JSONValue?

  package init(number: Int, point: Point, note: JSONValue?) {
    self.number = number
    self.point = point
    self.note = note
  }
}

/// What one run of a trial said on its way.
package struct TrialReport: Hashable, Sendable {
  package let run: RunID
  package let step: Int
  package let metrics: [String: Double]

  package init(run: RunID, step: Int, metrics: [String: Double]) {
    self.run = run
    self.step = step
    self.metrics = metrics
  }
}
