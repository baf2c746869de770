import SearchStrategies
import StudyModel

/// A search by a Gaussian process with trials that take no time: each worker asks as soon as it is free, and trials end
/// in the order in which they began.
struct Search {
  var configuration = SweepConfiguration()
  var workers = 1

  struct Trial {
    var point: Point
    /// Nil for one that failed.
    var value: Double?
    /// What the strategy says of its decision: "design", "model" or "fallback".
    var origin: String?
  }

  init(_ space: SearchSpace, seed: Int = 1, startup: Int? = nil) {
    configuration.space = space
    configuration.seed = seed
    configuration.strategy.kind = .gaussianProcess
    configuration.strategy.startup = startup
    configuration.objective.function = .noop
    configuration.objective.metric = "value"
    configuration.objective.goal = .minimize
  }

  /// - Parameters:
  ///   - seconds: The run time of a trial.
  ///   - value: What is to be minimised; nil for a trial that fails.
  func run(
    _ trials: Int, seconds: (Point) -> Double? = { _ in nil }, value: (Point) -> Double?
  ) throws -> [Trial] {
    var strategy = try makeStrategy(for: configuration)
    var (ended, asked, pending) = ([Trial](), [Point](), [(PendingTrial, String?)]())
    while ended.count < trials {
      while pending.count < workers, asked.count < trials {
        let number = asked.count
        let request = AskRequest(numbers: number..<number + 1, asked: asked, pending: pending.map(\.0))
        guard let suggestion = try strategy.ask(request).first else { break }
        strategy.decided(Decision(number: number, point: suggestion.point, note: suggestion.note))
        let origin = suggestion.note?.object?["from"]?.string
        pending.append((PendingTrial(number: number, point: suggestion.point), origin))
        asked.append(suggestion.point)
      }
      guard !pending.isEmpty else { break }
      let (trial, origin) = pending.removeFirst()
      let found = value(trial.point)
      ended.append(Trial(point: trial.point, value: found, origin: origin))
      strategy.tell([
        CompletedTrial(
          number: trial.number, point: trial.point,
          metrics: found.map { ["value": Aggregate(mean: $0, standardDeviation: nil, count: 1)] } ?? [:],
          seconds: seconds(trial.point))
      ])
    }
    return ended
  }
}

extension [Search.Trial] {
  var best: Double { compactMap(\.value).min() ?? .infinity }
  var bestPoint: Point? { self.min { ($0.value ?? .infinity) < ($1.value ?? .infinity) }?.point }

  /// Whether all are different points of the space.
  func areDistinct(in space: SearchSpace) -> Bool {
    allSatisfy { space.contains($0.point) } && Set(map { space.key(of: $0.point) }).count == count
  }
}

extension Point {
  func number(_ name: String) -> Double { self[name]?.double ?? .nan }
}
