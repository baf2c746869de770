import GaussianProcesses
import Tensors
import Testing

/// From raw outcomes to the next point, with everything that could stop it: an ask always answers.
@Suite struct BadInputTests {
  private func ask(
    _ points: Matrix<Double>, _ outcomes: [Double], _ features: [InputFeature], pending: Matrix<Double>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let key = RandomKey(seed: 1)
    let transform = OutcomeTransform(fitting: outcomes)
    let process = GaussianProcessFit().fit(
      Observations(points: points, outcomes: transform.apply(outcomes)), features: features, key: key)
    let improvement = LogNoisyExpectedImprovement(
      process, pending: pending, uniforms: Processes.uniforms(16, 6), incumbents: 8, key: key)
    let acquisitions: [any AcquisitionFunction] = [
      improvement, ThompsonDraw(process, key: key, features: 32),
      Feasible(
        CostAware(improvement, logSeconds: process, scale: 1), feasibility: LogProbabilityOfFeasibility(process)),
    ]
    for acquisition in acquisitions {
      var optimizer = AcquisitionOptimizer(features: features, lengthScales: process.lengthScales)
      optimizer.starts = 3
      optimizer.rounds = 10
      let pool = Processes.randomPoints(64, features, key: key.folded(3))
      let found = optimizer.maximize(acquisition, candidates: pool, key: key)
      let first = try #require(found.first, sourceLocation: sourceLocation)
      #expect(first.value.isFinite, sourceLocation: sourceLocation)
      for (value, feature) in zip(first.point, features) {
        #expect(value >= 0 || (feature.isConditional && value.isNaN), sourceLocation: sourceLocation)
      }
    }
  }

  @Test(arguments: [
    [], [3], [2, 2, 2, 2, 2, 2, 2], [.nan, .nan, .infinity], [1, .nan, -.infinity, 2, 0.5], [0, 1e12, 1, -1e12, 3, 4],
    [1e300, -1e300, 0], [0.1, 0.1, 0.1, 0.1 + 1e-16],
  ]) func anyOutcomes(_ outcomes: [Double]) throws {
    let points = Processes.randomPoints(outcomes.count, Processes.features, key: RandomKey(seed: 2))
    for pending in [0, 3] {
      try ask(
        points, outcomes, Processes.features,
        pending: Processes.randomPoints(pending, Processes.features, key: RandomKey(seed: 5)))
    }
  }

  @Test func duplicatedPoints() throws {
    let twice = Processes.randomPoints(4, Processes.features, key: RandomKey(seed: 2)).selecting(rows: [
      0, 0, 0, 1, 1, 2, 3, 0,
    ])
    try ask(twice, [1, 1, 1, 2, 2, 3, 4, 1], Processes.features, pending: twice.selecting(rows: [0, 0, 5]))
    // The same points with other outcomes.
    try ask(twice, [1, 2, 3, 4, 5, 6, 7, 8], Processes.features, pending: twice)
  }

  @Test func domainsOfOneValue() throws {
    let features: [InputFeature] = [.cells(1), .category(1)]
    let points = Processes.randomPoints(3, features, key: RandomKey(seed: 2))
    try ask(points, [1, 2, 3], features, pending: points)
  }

  @Test(arguments: [1, 50, 200]) func anyDimension(_ dimensions: Int) throws {
    let features = Array(repeating: InputFeature.number, count: dimensions)
    let points = Processes.randomPoints(12, features, key: RandomKey(seed: 2))
    try ask(points, (0..<12).map { points[$0, 0] }, features, pending: points.selecting(rows: [3]))
  }
}
