import Foundation
import SearchStrategies
import StudyModel
import Testing

/// An ask always answers with a point of the space that was not asked before.
@Suite struct GaussianProcessBadInputTests {
  private static let outcomes: [(String, @Sendable (Int) -> Double?)] = [
    ("all equal", { _ in 3 }), ("all 0", { _ in 0 }), ("one outcome", { $0 == 4 ? 1 : nil }),
    ("only failures", { _ in nil }),
    ("not a number", { $0 % 2 == 0 ? .nan : Double($0) }), ("only not a number", { _ in .nan }),
    ("infinite", { $0 % 3 == 0 ? .infinity : $0 % 3 == 1 ? -.infinity : Double($0) }),
    ("1e12 apart", { $0 % 2 == 0 ? 1e12 * Double($0) : Double($0) * 1e-3 }),
    ("one that is 1e12 away", { $0 == 5 ? 1e12 : sin(Double($0)) }), ("huge", { 1e300 * Double($0 - 5) }),
    ("as large as numbers are", { $0 % 2 == 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude }),
    ("tiny", { 1e-300 * Double($0) }), ("nearly equal", { 1 + 1e-15 * Double($0) }),
    ("first a failure", { $0 < 4 ? nil : 1 }),
  ]

  @Test(arguments: outcomes.map(\.0)) func `outcomes that say little`(_ name: String) throws {
    let outcome = Self.outcomes.first { $0.0 == name }!.1
    for space in [Spaces.continuous, Spaces.mixed] {
      for (workers, perSecond) in [(1, true), (3, false)] {
        var search = Search(space, startup: 2)
        search.workers = workers
        search.configuration.strategy.perSecond = perSecond
        var number = -1
        let trials = try search.run(10, seconds: { _ in 1e-9 }) { _ in
          number += 1
          return outcome(number)
        }
        #expect(trials.count == 10 && trials.areDistinct(in: space), "\(workers) workers")
      }
    }
  }

  @Test(arguments: [1, 50, 200]) func `few and many dimensions`(_ count: Int) throws {
    let space = Spaces.cube(count)
    let trials = try Search(space, startup: 4).run(7) { point in
      point.values.members.reduce(0) { $0 + pow(($1.value.double ?? 0) - 0.3, 2) }
    }
    #expect(trials.count == 7 && trials.areDistinct(in: space))
    #expect(trials[4...].allSatisfy { $0.origin == "model" })
  }

  @Test func `dimensions of one value`() throws {
    let space = SearchSpace([
      Dimension("fixed", .values(["p"])), Dimension("one", .integer(3...3, log: false, steps: nil)),
      Dimension("still", .float(2...2, log: false, steps: nil)), Dimension("x", .float(0...1, log: false, steps: nil)),
    ])
    let trials = try Search(space, startup: 2).run(10) { $0.number("x") }
    #expect(trials.count == 10 && trials.areDistinct(in: space))
    let constant = SearchSpace(Array(space.dimensions[..<2]))
    #expect(try Search(constant, startup: 2).run(10) { _ in 1 }.count == 1)
  }

  private func told(_ trials: [(Point, Double)], in space: SearchSpace) -> GaussianProcessStrategy {
    var strategy = GaussianProcessStrategy(Search(space, startup: 2).configuration)
    strategy.tell(
      trials.enumerated().map { number, trial in
        CompletedTrial(
          number: number, point: trial.0,
          metrics: ["value": Aggregate(mean: trial.1, standardDeviation: nil, count: 1)])
      })
    return strategy
  }

  @Test func `the same point many times, with equal outcomes and with others`() {
    let space = Spaces.continuous
    let point = Point(["x": 0.3, "rate": 0.01])
    for outcome in [{ _ in 1 }, { Double($0) }] as [(Int) -> Double] {
      let trials: [(Point, Double)] = (0..<20).map { (point, outcome($0)) }
      var strategy = told(trials, in: space)
      let request = AskRequest(numbers: 20..<21, asked: trials.map(\.0), pending: [])
      let suggestion = strategy.ask(request).first
      #expect(suggestion.map { space.contains($0.point) && $0.point != point } == true)
    }
  }

  @Test func `points that are not of the space are passed over`() {
    let space = Spaces.continuous
    let outside = [Point(["x": 99.0, "rate": 0.01]), Point(["y": 1]), Point()]
    let inside = [Point(["x": 0.3, "rate": 0.01]), Point(["x": 1, "rate": 0.01])]
    let trials = (outside + inside).enumerated().map { ($1, Double($0)) }
    var strategy = told(trials, in: space)
    let pending = [PendingTrial(number: 5, point: outside[0])]
    let request = AskRequest(numbers: 6..<7, asked: trials.map(\.0) + [outside[0]], pending: pending)
    let suggestion = strategy.ask(request).first
    #expect(suggestion?.note?.object?["from"] == "model")
    #expect(suggestion.map { space.contains($0.point) } == true)
  }

  @Test func `a fit of another space, or of more trials than there are, does no harm`() {
    let space = Spaces.continuous
    let trials = (0..<5).map { (Point(["x": .number(Double($0) / 4), "rate": 0.01]), Double($0)) }
    var strategy = told(trials, in: space)
    let request = AskRequest(numbers: 5..<6, asked: trials.map(\.0), pending: [])
    let plain = strategy.ask(request)
    for note in [["fit": ["trials": 900]], ["fit": 3], "note", ["fit": ["trials": 3, "lengthScales": [1]]]]
      as [JSONValue]
    {
      strategy.decided(Decision(number: 4, point: trials[4].0, note: note))
      #expect(strategy.ask(request) == plain)
    }
    var fit = plain[0].note?.object?["fit"]?.object ?? [:]
    #expect(!fit.keys.isEmpty)
    fit["trials"] = 900
    strategy.decided(Decision(number: 4, point: trials[4].0, note: ["fit": .object(fit)]))
    #expect(strategy.ask(request).first.map { space.contains($0.point) } == true)
  }

  @Test func `hundreds of trials that are pending`() {
    let space = Spaces.continuous
    var strategy = told((0..<3).map { (Point(["x": .number(Double($0) / 4), "rate": 0.01]), Double($0)) }, in: space)
    var random = RandomStrategy(space: space, seed: 5)
    let points = random.ask(AskRequest(numbers: 0..<300, asked: [], pending: [])).map(\.point)
    let pending = points.enumerated().dropFirst(3).map { PendingTrial(number: $0, point: $1) }
    let found = strategy.ask(AskRequest(numbers: 300..<301, asked: points, pending: pending))
    #expect(found.count == 1 && !points.contains(found[0].point))
  }
}
