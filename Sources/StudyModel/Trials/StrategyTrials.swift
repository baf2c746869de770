/// A trial whose runs are all final: what a strategy learns from.
package struct CompletedTrial: Hashable, Sendable {
  package let number: Int
  package let point: Point
  /// Empty when the trial failed.
  package let metrics: [String: Aggregate]

  package init(number: Int, point: Point, metrics: [String: Aggregate]) {
    self.number = number
    self.point = point
    self.metrics = metrics
  }
}

/// A trial that was asked for and is not final yet. A type of its own, so that a strategy cannot be handed the wrong
/// ones.
package struct PendingTrial: Hashable, Sendable {
  package let number: Int
  package let point: Point

  package init(number: Int, point: Point) {
    self.number = number
    self.point = point
  }
}
