package import SearchStrategies
package import StudyModel

/// A coordinator reduced to ask and tell: a number of workers, each with one trial, of which the oldest always ends
/// first.
package struct StrategyDriver {
  private let space: SearchSpace
  private let workers: Int
  private var strategy: any SearchStrategy
  private var pending: [PendingTrial] = []
  /// What the strategy went through, but for what it was asked.
  private var history: [Notice] = []
  /// The points asked so far, by trial number.
  package private(set) var asked: [Point] = []

  private enum Notice {
    case told(CompletedTrial)
    case decided(Decision)
  }

  package init(space: SearchSpace, workers: Int, strategy: any SearchStrategy) {
    self.space = space
    self.workers = workers
    self.strategy = strategy
  }

  /// Ends the oldest trial if every worker is busy, and asks for the next ones; false if there are none.
  ///
  /// - Parameter drops: ask twice, and drop the first answer.
  package mutating func step(batch: Int = 1, drops: Bool = false) throws -> Bool {
    if pending.count >= workers {
      let trial = pending.removeFirst()
      let result = CompletedTrial(number: trial.number, point: trial.point, metrics: metrics(of: trial))
      history.append(.told(result))
      strategy.tell([result])
    }
    let numbers = asked.count..<(asked.count + batch)
    let request = AskRequest(numbers: numbers, asked: asked, pending: pending)
    if drops { _ = try strategy.ask(request) }
    let suggestions = try strategy.ask(request)
    for suggestion in suggestions {
      let decision = Decision(number: asked.count, point: suggestion.point, note: suggestion.note)
      history.append(.decided(decision))
      strategy.decided(decision)
      pending.append(PendingTrial(number: asked.count, point: suggestion.point))
      asked.append(suggestion.point)
    }
    return !suggestions.isEmpty
  }

  /// Goes on with a new strategy, which goes through everything again.
  package mutating func restart(with strategy: any SearchStrategy) {
    self.strategy = strategy
    var results: [CompletedTrial] = []
    for notice in history {
      switch notice {
      case .told(let result): results.append(result)
      case .decided(let decision):
        // What came one by one comes together now.
        if !results.isEmpty { self.strategy.tell(results) }
        results = []
        self.strategy.decided(decision)
      }
    }
    if !results.isEmpty { self.strategy.tell(results) }
  }

  /// A bowl with its lowest point inside; every seventh trial fails.
  private func metrics(of trial: PendingTrial) -> [String: Aggregate] {
    if trial.number % 7 == 6 { return [:] }
    let value = space.coordinates(of: trial.point).reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }
    return ["value": Aggregate(of: [value])]
  }
}
