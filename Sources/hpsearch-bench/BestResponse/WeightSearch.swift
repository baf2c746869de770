import Foundation
import SearchStrategies
import StudyModel

/// Our Gaussian process on the poster's study, where an evaluation is a training from scratch.
struct WeightSearch {
  let truth: TrueLosses

  private var space: SearchSpace {
    SearchSpace(
      (0..<PosterProblem.outputs).map { Dimension("h\($0)", .float(PosterStudy.range, log: false, steps: nil)) })
  }

  /// The best loss after each trial of a search that chooses its own points.
  func course(trials: Int, seed: Int) throws -> [Double] {
    let space = space
    var strategy = try makeStrategy(for: SearchSimulation.configuration(space, trials: trials, seed: seed))
    return try SearchSimulation(space: space, trials: trials).run(&strategy) { point in
      truth[space.dimensions.map { point[$0.name]?.double ?? .nan }]
    }.best
  }

  /// The true loss at the next point, with an RBF kernel, after given tuples: where it is the likeliest to be better
  /// than the best of them, which is close to where the mean is least.
  func proposal(after tuples: [[Double]], seed: Int) throws -> Double? {
    let space = space
    var configuration = SearchSimulation.configuration(space, trials: tuples.count + 1, seed: seed)
    configuration.strategy.kernel = .rbf
    configuration.strategy.startup = 1
    configuration.strategy.acquisition = .logProbabilityOfImprovement
    var strategy = try makeStrategy(for: configuration)
    let points = tuples.map { tuple in
      var values = JSONObject()
      for (dimension, value) in zip(space.dimensions, tuple) { values[dimension.name] = .number(value) }
      return Point(values)
    }
    strategy.tell(
      zip(points, tuples).enumerated().map { number, trial in
        CompletedTrial(
          number: number, point: trial.0,
          metrics: ["value": Aggregate(mean: truth[trial.1], standardDeviation: nil, count: 1)])
      })
    let request = AskRequest(numbers: tuples.count..<tuples.count + 1, asked: points, pending: [])
    guard let point = try strategy.ask(request).first?.point else { return nil }
    return truth[space.dimensions.map { point[$0.name]?.double ?? .nan }]
  }
}
