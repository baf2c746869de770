import Foundation
import GaussianProcesses
import Tensors
import Testing

/// A known function in place of an acquisition function; gradients by central differences in number coordinates.
private struct Surface: AcquisitionFunction {
  var features: [InputFeature]
  var function: @Sendable ([Double]) -> Double

  func values(at points: Matrix<Double>) -> [Double] {
    (0..<points.rows).map { row in function((0..<points.columns).map { points[row, $0] }) }
  }

  func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    var gradients = Matrix<Double>(rows: points.rows, columns: points.columns)
    for row in 0..<points.rows {
      let point = (0..<points.columns).map { points[row, $0] }
      for column in point.indices where features[column].isNumber && !point[column].isNaN {
        var (up, down) = (point, point)
        up[column] += 1e-6
        down[column] -= 1e-6
        gradients[row, column] = (function(up) - function(down)) / 2e-6
      }
    }
    return (values(at: points), gradients)
  }
}

@Suite struct AcquisitionOptimizerTests {
  private func optimizer(_ features: [InputFeature], scale: Double = 0.3) -> AcquisitionOptimizer {
    AcquisitionOptimizer(features: features, lengthScales: features.map { _ in scale })
  }

  private func candidates(_ count: Int, _ features: [InputFeature]) -> Matrix<Double> {
    Processes.randomPoints(count, features, key: RandomKey(seed: 31))
  }

  @Test func findsTheBestOfManyHillsAndRanksTheOthers() {
    let features: [InputFeature] = [.number, .number]
    // Three hills; the highest, at (0.8, 0.31), is narrow.
    let hills: [(x: Double, y: Double, height: Double, width: Double)] = [
      (0.2, 0.2, 1, 0.15), (0.3, 0.8, 0.9, 0.2), (0.8, 0.31, 1.2, 0.06),
    ]
    let surface = Surface(features: features) { x in
      hills.reduce(0) { sum, hill in
        let square = (x[0] - hill.x) * (x[0] - hill.x) + (x[1] - hill.y) * (x[1] - hill.y)
        return sum + hill.height * exp(-square / (2 * hill.width * hill.width))
      }
    }
    let found = optimizer(features).maximize(surface, candidates: candidates(256, features), key: RandomKey(seed: 1))
    #expect(abs(found[0].point[0] - 0.8) < 1e-3 && abs(found[0].point[1] - 0.31) < 1e-3, "\(found[0])")
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.value >= $1.value })
    #expect(found.contains { abs($0.point[0] - 0.2) < 1e-2 && abs($0.point[1] - 0.2) < 1e-2 })
    for (i, a) in found.enumerated() {
      for b in found[..<i] { #expect(zip(a.point, b.point).contains { abs($0 - $1) > 1e-5 }) }
    }
  }

  @Test func endsAtBounds() {
    let features: [InputFeature] = [.number, .number]
    let surface = Surface(features: features) { $0[0] - 2 * $0[1] }
    let found = optimizer(features).maximize(surface, candidates: candidates(16, features), key: RandomKey(seed: 1))
    #expect(found[0].point == [1, 0])
  }

  @Test func movesDiscreteAndContinuousCoordinatesInTurn() {
    let features: [InputFeature] = [.number, .cells(7), .category(4), .cells(500), .number]
    // Where the category is best depends on the cell, and the continuous optimum on both.
    let surface = Surface(features: features) { x in
      let category = Int(x[2])
      let target = [0.2, 0.9, 0.55, 0.4][category]
      let bonus = category == 2 ? 0.5 : 0.0
      let a: Double = x[0] - target
      let b: Double = x[1] - 4.5 / 7
      let c: Double = x[3] - 0.7331
      let d: Double = x[4] - 0.5 * x[1]
      return bonus - a * a - b * b - 3 * c * c - d * d
    }
    var searcher = optimizer(features)
    searcher.starts = 2
    let found = searcher.maximize(surface, candidates: candidates(8, features), key: RandomKey(seed: 1))
    #expect(abs(found[0].point[0] - 0.55) < 1e-4)
    #expect(found[0].point[1] == 4.5 / 7 && found[0].point[2] == 2)
    #expect(found[0].point[3] == 366.5 / 500, "\(found[0].point)")
    #expect(abs(found[0].point[4] - 2.25 / 7) < 1e-4)
  }

  @Test func structureStaysAsInTheCandidates() {
    let features: [InputFeature] = [.category(2), InputFeature.number.conditional, InputFeature.number.conditional]
    let surface = Surface(features: features) { x in
      x[0] == 0 ? -(x[1] - 0.3) * (x[1] - 0.3) : 1 - (x[2] - 0.6) * (x[2] - 0.6)
    }
    var searcher = AcquisitionOptimizer(
      features: features, lengthScales: [1, 0.3, 0.3], isStructural: [true, false, false])
    searcher.starts = 4
    let pool = Matrix<Double>([0, 0.9, .nan, 1, .nan, 0.1, 0, 0.1, .nan], rows: 3, columns: 3)
    let found = searcher.maximize(surface, candidates: pool, key: RandomKey(seed: 1))
    #expect(found[0].point[0] == 1 && found[0].point[1].isNaN && abs(found[0].point[2] - 0.6) < 1e-4)
    for proposal in found {
      #expect(proposal.point[1].isNaN == (proposal.point[0] == 1))
      #expect(proposal.point[2].isNaN == (proposal.point[0] == 0))
    }
  }

  @Test func excludedPointsAreLeftOutAndOthersFound() {
    let features: [InputFeature] = [.category(3), .cells(4)]
    let surface = Surface(features: features) { -$0[0] - $0[1] }
    var asked: [[Double]] = []
    // All twelve points, the best first, from one candidate; then nothing.
    for _ in 0..<12 {
      let known = asked
      let found = optimizer(features).maximize(
        surface, candidates: Matrix([2, 0.875], rows: 1, columns: 2), key: RandomKey(seed: 1),
        isExcluded: { known.contains($0) })
      guard let first = found.first else { break }
      asked.append(first.point)
    }
    #expect(Set(asked).count == asked.count)
    #expect(asked.first == [0, 0.125])
    #expect(asked.count == 12, "\(asked)")
  }

  @Test func repairsWhatItProposes() {
    let features: [InputFeature] = [.number, .number]
    // The constraint x + y <= 1, by scaling back.
    let surface = Surface(features: features) { $0[0] + 2 * $0[1] }
    let found = optimizer(features).maximize(
      surface, candidates: candidates(64, features), key: RandomKey(seed: 1),
      repair: { point in
        let sum = point[0] + point[1]
        if sum > 1 { point = point.map { $0 / sum } }
      })
    #expect(found.allSatisfy { $0.point[0] + $0.point[1] <= 1 + 1e-12 })
    #expect(found[0].value > 1.6)
  }

  @Test func answersWhateverTheValues() {
    let features: [InputFeature] = [.number, .cells(1), .category(1)]
    for value in [Double.nan, -.infinity, 0, .infinity] {
      let surface = Surface(features: features) { _ in value }
      let found = optimizer(features).maximize(surface, candidates: candidates(20, features), key: RandomKey(seed: 1))
      #expect(!found.isEmpty)
    }
    let surface = Surface(features: features) { $0[0] }
    #expect(
      optimizer(features).maximize(surface, candidates: candidates(0, features), key: RandomKey(seed: 1)).isEmpty)
  }

  @Test(arguments: [1, 50, 200]) func equalCallsGiveEqualBitsInAnyDimension(_ dimensions: Int) throws {
    let features = Array(repeating: InputFeature.number, count: dimensions)
    let points = Processes.randomPoints(30, features, key: RandomKey(seed: 3))
    let process = try Processes.process(
      points, (0..<30).map { sin(7 * points[$0, 0]) }, features, noise: 1e-6, scale: Double(dimensions).squareRoot())
    let acquisition = LogExpectedImprovement(process, best: 1)
    let pool = Processes.randomPoints(200, features, key: RandomKey(seed: 4))
    let a = optimizer(features, scale: 1).maximize(acquisition, candidates: pool, key: RandomKey(seed: 1))
    let b = optimizer(features, scale: 1).maximize(acquisition, candidates: pool, key: RandomKey(seed: 1))
    #expect(a == b)
    #expect(a[0].value >= acquisition.values(at: pool).max()!)
    #expect(a.allSatisfy { $0.point.allSatisfy { $0 >= 0 && $0 <= 1 } })
  }
}
