import HPSearchTesting
import SearchStrategies
import StudyModel
import Testing

@Suite struct EnqueuedPointsTests {
  private let space = Spaces.mixed
  private let points = [
    Point(["kind": "laplace", "scale": 1.0, "units": 3, "hidden": [50]]),
    Point(["kind": "gaussian", "scale": 0.5, "units": 64, "hidden": [100, 100]]),
    Point(["units": 3, "kind": "laplace", "scale": 1, "hidden": [50]]),
    Point(["kind": "scale-mixture", "scale": 0.5, "narrow": -5.0, "units": 1, "hidden": [50]]),
  ]

  private func strategy(_ inner: any SearchStrategy) -> EnqueuedPoints {
    EnqueuedPoints(points, before: inner, space: space)
  }

  @Test func `they come in their order, each once, and then the other strategy`() throws {
    var strategy = strategy(RandomStrategy(space: space, seed: 1))
    let found = try strategy.ask(AskRequest(numbers: 0..<6, asked: [], pending: [])).map(\.point)
    #expect(found.prefix(3) == [points[0], points[1], points[3]])
    var random = RandomStrategy(space: space, seed: 1)
    #expect(
      Array(found[3...]) == random.ask(AskRequest(numbers: 3..<6, asked: Array(found[..<3]), pending: [])).map(\.point))
  }

  @Test func `a strategy that learns sees them, and says in the note where they come from`() throws {
    var strategy = strategy(LearningStrategy(space: space, seed: 1))
    #expect(strategy.learns)
    let found = try strategy.ask(AskRequest(numbers: 0..<4, asked: [], pending: []))
    #expect(found[0].note == ["enqueued": true] && found[3].note?.object?["key"] != nil)
    let inner = LearningStrategy(space: space, seed: 1)
    let pending = found[..<3].enumerated().map { PendingTrial(number: $0, point: $1.point) }
    let request = AskRequest(numbers: 3..<4, asked: found[..<3].map(\.point), pending: pending)
    #expect(inner.ask(request) == [found[3]])
  }

  @Test func `what every strategy must do, they do with strategies inside`() throws {
    let space = space
    let points = points
    let makers: [() -> any SearchStrategy] = [
      { RandomStrategy(space: space, seed: 1) }, { SobolStrategy(space: space, seed: 1) },
      { LearningStrategy(space: space, seed: 1) },
    ]
    for make in makers {
      #expect(try checkStrategy(on: space) { EnqueuedPoints(points, before: make(), space: space) } == [])
    }
  }

  @Test func `a space that is exhausted is searched whole, with them or without`() throws {
    let space = Spaces.discrete
    let first = [space.point(atRank: 13), space.point(atRank: 5)]
    for kind in SweepConfiguration.Strategy.Kind.allCases {
      var configuration = SweepConfiguration()
      configuration.space = space
      configuration.strategy.kind = kind
      configuration.strategy.enqueue = first.map { .object($0.values) }
      let broken = try checkStrategy(on: space, trials: 16) { try makeStrategy(for: configuration) }
      #expect(broken == [], "\(kind)")
      var strategy = try makeStrategy(for: configuration)
      let found = try strategy.ask(AskRequest(numbers: 0..<20, asked: [], pending: [])).map(\.point)
      #expect(found.count == 14 && found.prefix(2) == first[...], "\(kind)")
    }
  }

  @Test func `a grid goes on without them, whether they are on it or not`() throws {
    let space = SearchSpace([
      Dimension("x", .float(0...1, log: false, steps: 3)), Dimension("n", .integer(1...9, log: false, steps: 3)),
    ])
    let first = [Point(["x": 0.5, "n": 5]), Point(["x": 0.3, "n": 2]), Point(["x": 0.0, "n": 1])]
    var strategy = try GridStrategy(space: space, after: first)
    #expect(strategy.size == 10)
    let found = strategy.ask(AskRequest(numbers: 0..<20, asked: [], pending: [])).map(\.point)
    #expect(found.count == 10 && found.prefix(3) == first[...])
    let grid = (0..<9).map { space.gridPoint(at: $0) }
    #expect(Array(found[3...]) == [1, 2, 3, 5, 6, 7, 8].map { grid[$0] })
    #expect(strategy.ask(AskRequest(numbers: 4..<5, asked: [], pending: [])).map(\.point) == [grid[2]])
  }

  @Test func `the rank of a grid's point is found again`() {
    for space in [Spaces.discrete, SpaceEncodingTests.rich] {
      guard let count = space.gridCount else { continue }
      for rank in 0..<min(count, 500) { #expect(space.gridRank(of: space.gridPoint(at: rank)) == rank) }
    }
    #expect(Spaces.discrete.gridRank(of: Point(["a": "p", "c": 3])) == nil)
    let huge = SearchSpace((0..<40).map { Dimension("x\($0)", .integer(0...999, log: false, steps: nil)) })
    #expect(huge.gridRank(of: huge.gridPoint(at: 1_234_567)) == 1_234_567)
  }
}
