import SearchStrategies
import StudyModel

/// A search with trials that take no time, on so many workers: each asks as soon as it is free, and trials end in the
/// order in which they began.
struct SearchSimulation {
  var space: SearchSpace
  var trials: Int
  var workers = 1

  /// What the search went through.
  struct Course {
    /// The best value after each trial.
    var best: [Double] = []
    /// Of every ask.
    var seconds: [Double] = []
  }

  /// - Parameter value: What is to be minimised.
  func run(_ strategy: inout any SearchStrategy, _ value: (Point) -> Double) throws -> Course {
    var course = Course()
    var (asked, pending) = ([Point](), [PendingTrial]())
    while course.best.count < trials {
      while pending.count < workers, asked.count < trials {
        let request = AskRequest(numbers: asked.count..<asked.count + 1, asked: asked, pending: pending)
        let start = ContinuousClock.now
        guard let suggestion = try strategy.ask(request).first else { return course }
        course.seconds.append((ContinuousClock.now - start) / .seconds(1))
        strategy.decided(Decision(number: asked.count, point: suggestion.point, note: suggestion.note))
        pending.append(PendingTrial(number: asked.count, point: suggestion.point))
        asked.append(suggestion.point)
      }
      let trial = pending.removeFirst()
      let found = value(trial.point)
      course.best.append(min(course.best.last ?? .infinity, found))
      strategy.tell([
        CompletedTrial(
          number: trial.number, point: trial.point,
          metrics: ["value": Aggregate(mean: found, standardDeviation: nil, count: 1)])
      ])
    }
    return course
  }

  static func configuration(_ space: SearchSpace, trials: Int, seed: Int) -> SweepConfiguration {
    var configuration = SweepConfiguration()
    configuration.space = space
    configuration.seed = seed
    configuration.strategy.kind = .gaussianProcess
    configuration.strategy.trials = trials
    configuration.objective.function = .noop
    configuration.objective.metric = "value"
    configuration.objective.goal = .minimize
    return configuration
  }
}
