package import SearchStrategies
package import StudyModel

/// A coordinator reduced to ask and tell: a number of workers, each with one trial, of which the oldest always ends
/// first.
package struct StrategyDriver {
  private let space: SearchSpace
  private let workers: Int
  private var strategy: any SearchStrategy
  private var pending: [PendingTrial] = []
  private var completed: [CompletedTrial] = []
  /// The points asked so far, by trial number.
  package private(set) var asked: [Point] = []

  package init(space: SearchSpace, workers: Int, strategy: any SearchStrategy) {
    self.space = space
    self.workers = workers
    self.strategy = strategy
  }

  /// Ends the oldest trial if every worker is busy, and asks for the next ones; false if there are none.
  package mutating func step(batch: Int = 1) throws -> Bool {
    if pending.count >= workers {
      let trial = pending.removeFirst()
      let result = CompletedTrial(number: trial.number, point: trial.point, metrics: metrics(of: trial))
      completed.append(result)
      strategy.tell([result])
    }
    let numbers = asked.count..<(asked.count + batch)
    let suggestions = try strategy.ask(AskRequest(numbers: numbers, asked: asked, pending: pending))
    for suggestion in suggestions {
      pending.append(PendingTrial(number: asked.count, point: suggestion.point))
      asked.append(suggestion.point)
    }
    return !suggestions.isEmpty
  }

  /// Goes on with a new strategy, which is told everything again.
  package mutating func restart(with strategy: any SearchStrategy) {
    self.strategy = strategy
    self.strategy.tell(completed)
  }

  /// A bowl with its lowest point inside; every seventh trial fails.
  private func metrics(of trial: PendingTrial) -> [String: Aggregate] {
    if trial.number % 7 == 6 { return [:] }
    let value = space.coordinates(of: trial.point).reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }
    return ["value": Aggregate(of: [value])]
  }
}
