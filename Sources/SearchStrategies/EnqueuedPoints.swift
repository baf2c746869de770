package import StudyModel

/// Points that a user wants to be tried first, before another strategy has its turn. It is told of them as of all others.
package struct EnqueuedPoints: SearchStrategy {
  private let points: [Point]
  private var strategy: any SearchStrategy

  /// - Parameter points: Points of the space. Those that are there twice are tried once.
  package init(_ points: [Point], before strategy: any SearchStrategy, space: SearchSpace) {
    var keys: Set<PointKey> = []
    self.points = points.filter { keys.insert(space.key(of: $0)).inserted }
    self.strategy = strategy
  }

  package var learns: Bool { strategy.learns }
  package var size: Int? { strategy.size }
  package var wantsReports: Bool { strategy.wantsReports }

  package mutating func tell(_ completed: [CompletedTrial]) { strategy.tell(completed) }

  package mutating func ask(_ request: AskRequest) throws -> [Suggestion] {
    var suggestions = request.numbers.prefix { $0 < points.count }
      .map { Suggestion(point: points[$0], note: learns ? ["enqueued": true] : nil) }
    var rest = request
    for (number, suggestion) in zip(request.numbers, suggestions) {
      rest.asked.append(suggestion.point)
      rest.pending.append(PendingTrial(number: number, point: suggestion.point))
    }
    rest.numbers = (request.numbers.lowerBound + suggestions.count)..<request.numbers.upperBound
    if !rest.numbers.isEmpty { suggestions += try strategy.ask(rest) }
    return suggestions
  }

  package mutating func decided(_ decision: Decision) { strategy.decided(decision) }
  package mutating func observe(_ report: TrialReport) { strategy.observe(report) }
}
