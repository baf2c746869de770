import SearchStrategies
import StudyModel
import Testing

@Suite struct GridStrategyTests {
  private func all(_ space: SearchSpace) throws -> [Point] {
    var strategy = try GridStrategy(space: space)
    return strategy.ask(AskRequest(numbers: 0..<1000, asked: [], pending: [])).map(\.point)
  }

  @Test func lastDimensionIsFastest() throws {
    let points = try all(SearchSpace([Dimension("a", .values([1, 2])), Dimension("b", .values(["x", "y", "z"]))]))
    #expect(points.map { "\($0["a"]!.int!)\($0["b"]!.string!)" } == ["1x", "1y", "1z", "2x", "2y", "2z"])
  }

  @Test func conditionalDimensionsMultiplyOnlyWhereTheyExist() throws {
    let points = try all(Spaces.discrete)
    #expect(points.count == 14)
    #expect(points.prefix(2).map { $0["c"]?.int } == [1, 2])
    #expect(points.prefix(2).allSatisfy { $0["b"] == nil && $0["d"] == nil })
    #expect(points[2...].allSatisfy { $0["c"] == nil && $0["b"] != nil && $0["d"] != nil })
    #expect(Set(points).count == 14)
  }

  @Test func stepsAreEvenGeometricOrRounded() throws {
    func values(_ domain: Domain) throws -> [Double] {
      try all(SearchSpace([Dimension("x", domain)])).map { $0["x"]!.double! }
    }
    #expect(try values(.float(0...1, log: false, steps: 5)) == [0, 0.25, 0.5, 0.75, 1])
    let geometric = try values(.float(1e-4...1e-2, log: true, steps: 3))
    #expect(geometric.first == 1e-4 && geometric.last == 1e-2 && abs(geometric[1] / 1e-3 - 1) < 1e-12)
    #expect(try values(.integer(1...4, log: false, steps: 3)) == [1, 3, 4])
    #expect(try values(.integer(1...3, log: false, steps: 10)) == [1, 2, 3])
    #expect(try values(.integer(1...1000, log: true, steps: 4)) == [1, 10, 100, 1000])
    #expect(try values(.integer(-1...1, log: false, steps: nil)) == [-1, 0, 1])
  }

  @Test func hugeGridsAreNotBuilt() throws {
    let space = SearchSpace((0..<40).map { Dimension("x\($0)", .integer(0...999, log: false, steps: nil)) })
    var strategy = try GridStrategy(space: space)
    #expect(strategy.size == .max)
    let points = strategy.ask(AskRequest(numbers: 0..<3, asked: [], pending: [])).map(\.point)
    #expect(points.map { $0["x39"]!.int! } == [0, 1, 2])
  }

  @Test func needsSteps() {
    #expect(throws: StrategyError.noGrid(dimensions: ["x", "rate"])) { try GridStrategy(space: Spaces.continuous) }
  }

  @Test func unitCubeIsInvertible() {
    for (_, space) in Spaces.all {
      var strategy = RandomStrategy(space: space, seed: 8)
      for suggestion in strategy.ask(AskRequest(numbers: 0..<50, asked: [], pending: [])) {
        let back = space.point(at: space.coordinates(of: suggestion.point))
        #expect(space.contains(back))
        for (a, b) in zip(suggestion.point.values.members, back.values.members) {
          #expect(a.key == b.key)
          if let x = a.value.double, let y = b.value.double {
            #expect(abs(x - y) <= 1e-12 * max(1, abs(x)))
          } else {
            #expect(a.value == b.value)
          }
        }
      }
    }
  }
}
