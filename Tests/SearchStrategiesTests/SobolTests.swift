import Foundation
import SearchStrategies
import StudyModel
import Testing

@Suite struct SobolTests {
  private static let sequence = ScrambledSobolSequence(dimensions: 64, seed: 7)
  private static let points = (0..<1024).map { sequence.point($0) }

  @Test func eachCoordinateIsStratified() {
    for dimension in 0..<64 {
      for power in [1, 4, 7, 10] {
        let cells = Set(Self.points.prefix(1 << power).map { Int($0[dimension] * Double(1 << power)) })
        #expect(cells.count == 1 << power, "dimension \(dimension), 2^\(power) points")
      }
      // Later blocks of the sequence are as even as the first.
      let block = Set((768..<1024).map { Int(Self.points[$0][dimension] * 256) })
      #expect(block.count == 256)
    }
  }

  /// The largest t such that some box of volume 2^(t - power) does not hold its share, plus one, by counting points.
  private func tValue(_ a: Int, _ b: Int, power: Int) -> Int {
    for t in 0..<power {
      let isEven = (0...(power - t)).allSatisfy { k in
        var counts = [Int](repeating: 0, count: 1 << (power - t))
        for point in Self.points.prefix(1 << power) {
          let row = Int(point[a] * Double(1 << k))
          counts[row << (power - t - k) | Int(point[b] * Double(1 << (power - t - k)))] += 1
        }
        return counts.allSatisfy { $0 == 1 << t }
      }
      if isEven { return t }
    }
    return power
  }

  @Test func projectionsOnTwoDimensionsAreEven() {
    for power in 1...10 { #expect(tValue(0, 1, power: power) == 0) }
    var worst = 0
    var sum = 0
    for b in 1..<12 {
      for a in 0..<b {
        let t = tValue(a, b, power: 8)
        worst = max(worst, t)
        sum += t
      }
    }
    // The first candidate for each dimension, without a search, has a worst t of 5 and a mean above 1.9.
    #expect(worst <= 4)
    #expect(Double(sum) / 66 < 1.8)
  }

  @Test func integratesFarBetterThanRandomPoints() {
    // prod (1 + (x_j - 1/2) / j) has the integral 1.
    func error(_ points: [[Double]]) -> Double {
      let values = points.map { $0.enumerated().reduce(1) { $0 * (1 + ($1.element - 0.5) / Double($1.offset + 1)) } }
      return abs(values.reduce(0, +) / Double(values.count) - 1)
    }
    var (sobol, random) = (0.0, 0.0)
    for seed in 0..<10 {
      let sequence = ScrambledSobolSequence(dimensions: 6, seed: seed)
      sobol += error((0..<1024).map { sequence.point($0) })
      var strategy = RandomStrategy(space: Spaces.cube(6), seed: seed)
      let points = strategy.ask(AskRequest(numbers: 0..<1024, asked: [], pending: [])).map(\.point)
      random += error(points.map { $0.values.members.map { $0.value.double! } })
    }
    #expect(sobol < random / 20)
  }

  @Test func scramblesDifferAndAreUniform() {
    var sum = 0.0
    var square = 0.0
    for seed in 0..<2000 {
      let x = ScrambledSobolSequence(dimensions: 2, seed: seed).point(5)[1]
      sum += x
      square += (x - 0.5) * (x - 0.5)
    }
    #expect(abs(sum / 2000 - 0.5) < 4 * sqrt(1.0 / 12 / 2000))
    #expect(abs(square / 2000 - 1.0 / 12) < 0.006)
  }

  @Test func dimensionsDoNotDependOnHowManyThereAre() {
    let few = ScrambledSobolSequence(dimensions: 5, seed: 7)
    #expect((0..<32).allSatisfy { few.point($0) == Array(Self.points[$0].prefix(5)) })
  }

  @Test func lastPointOfTheSequence() {
    let point = Self.sequence.point(1 << 32 - 1)
    #expect(point.allSatisfy { $0 > 0 && $0 < 1 })
  }
}
