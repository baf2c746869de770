import Foundation
import SearchStrategies
import StudyModel
import Testing

@Suite struct RandomStrategyTests {
  private func points(_ space: SearchSpace, _ count: Int, seed: Int = 0) -> [Point] {
    var strategy = RandomStrategy(space: space, seed: seed)
    return strategy.ask(AskRequest(numbers: 0..<count, asked: [], pending: [])).map(\.point)
  }

  /// Kolmogorov and Smirnov's distance to the uniform distribution; 1.95 / sqrt(n) is exceeded once in a thousand.
  private func distanceFromUniform(_ values: [Double]) -> Double {
    let n = Double(values.count)
    return values.sorted().enumerated().map { max(abs($1 - Double($0) / n), abs($1 - Double($0 + 1) / n)) }.max()!
  }

  @Test func rangesAreUniformInTheValueOrItsLogarithm() {
    let points = points(Spaces.continuous, 4000)
    let linear = points.map { ($0["x"]!.double! + 1) / 3 }
    let logarithmic = points.map { (log($0["rate"]!.double!) - log(1e-4)) / log(1e3) }
    #expect(distanceFromUniform(linear) < 1.95 / sqrt(4000))
    #expect(distanceFromUniform(logarithmic) < 1.95 / sqrt(4000))
    // Independent of each other: the correlation of n pairs has a standard deviation of 1 / sqrt(n).
    let products = zip(linear, logarithmic).map { ($0 - 0.5) * ($1 - 0.5) * 12 }
    #expect(abs(products.reduce(0, +) / 4000) < 3.3 / sqrt(4000))
  }

  @Test func integersAndValuesHaveEqualCells() {
    let space = SearchSpace([
      Dimension("n", .integer(1...4, log: false, steps: nil)), Dimension("v", .values(["a", "b", "c", "d"])),
      Dimension("x", .float(0...1, log: false, steps: nil)),
    ])
    let points = points(space, 4000)
    for k in 1...4 {
      let integers = points.count { $0["n"]?.int == k }
      let values = points.count { $0["v"]?.string == ["a", "b", "c", "d"][k - 1] }
      // 1000 expected, with a standard deviation of 27.4.
      #expect(abs(integers - 1000) < 100 && abs(values - 1000) < 100)
    }
  }

  @Test func logarithmicIntegersHaveCellsOfTheirSize() {
    let space = SearchSpace([
      Dimension("n", .integer(1...100, log: true, steps: nil)), Dimension("x", .float(0...1, log: false, steps: nil)),
    ])
    let points = points(space, 4000)
    for k in [1, 2, 10, 100] {
      let expected = 4000 * (log(Double(k) + 0.5) - log(Double(k) - 0.5)) / (log(100.5) - log(0.5))
      #expect(abs(Double(points.count { $0["n"]?.int == k }) - expected) < 4 * sqrt(expected))
    }
  }

  @Test func seedsAndTrialsDiffer() {
    let (a, b) = (points(Spaces.continuous, 100, seed: 1), points(Spaces.continuous, 100, seed: 2))
    #expect(Set(a + b).count == 200)
    #expect(a == points(Spaces.continuous, 100, seed: 1))
  }

  /// The numbers are part of the meaning of a sweep file: the same seed must give the same trials in later versions.
  @Test func golden() {
    let point = points(Spaces.continuous, 1, seed: 42)[0]
    #expect(abs(point["x"]!.double! - 0.5089032245715754) < 1e-15)
    #expect(abs(point["rate"]!.double! - 0.0006708468192936712) < 1e-15)
  }

  @Test func anExhaustedSpaceIsSearchedWhole() {
    let points = points(Spaces.discrete, 30)
    #expect(points.count == 14 && Set(points).count == 14)
  }

  @Test func theLastPointsOfALargeSpaceAreFound() {
    let space = SearchSpace([
      Dimension("a", .integer(0...99, log: false, steps: nil)),
      Dimension("b", .integer(0...99, log: false, steps: nil)),
    ])
    #expect(Set(points(space, 10_000)).count == 10_000)
  }

  @Test func aRedrawDependsOnNothingButTheTrial() {
    // Trial 5 avoids a point that was asked, and trials after it are as before.
    let free = points(Spaces.mixed, 10)
    var strategy = RandomStrategy(space: Spaces.mixed, seed: 0)
    var asked = Array(free[..<5])
    asked[2] = free[5]
    let next = strategy.ask(AskRequest(numbers: 5..<10, asked: asked, pending: [])).map(\.point)
    #expect(next[0] != free[5])
    #expect(Array(next[1...]) == Array(free[6...]))
  }
}
