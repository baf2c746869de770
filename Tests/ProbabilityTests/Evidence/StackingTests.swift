import Foundation
import Probability
import Tensors
import Testing

@Suite struct StackingTests {
  /// Three models that are good in different places and one that is bad everywhere.
  let models: [[Double]] = {
    let i = (0..<60).map(Double.init)
    return [
      i.map { -1 - 3 * pow(sin(0.9 * $0), 2) }, i.map { -1.2 - 3 * pow(cos(0.9 * $0 + 0.3), 2) },
      i.map { -1.6 - 1.5 * pow(sin(5 * $0), 2) }, i.map { -4 + 0.1 * sin($0) },
    ]
  }()

  /// Golden numbers from SciPy's SLSQP on the same arrays.
  @Test func weightsAgreeWithSciPy() throws {
    let stacking = try StackingWeights(logDensities: models)
    for (weight, expected) in zip(stacking.weights, [0.50579, 0.387532, 0.106678, 0]) {
      #expect(abs(weight - expected) < 2e-5)
    }
    #expect(abs(stacking.density.total.value + 129.751692753) < 1e-6)
    #expect(stacking.gap < 1e-8 && abs(stacking.weights.reduce(0, +) - 1) < 1e-12)
    #expect(stacking.iterations < 1000)
  }

  /// No model lies above the tangent plane at the maximum (Karush, Kuhn and Tucker).
  @Test func optimality() throws {
    let stacking = try StackingWeights(logDensities: models, tolerance: 1e-10)
    for row in models {
      let gradient = zip(row, stacking.density.pointwise).reduce(0) { $0 + exp($1.0 - $1.1) } / 60
      #expect(gradient < 1 + 1e-9)
    }
  }

  @Test func theBestModelAloneIsTakenAlone() throws {
    let stacking = try StackingWeights(logDensities: [[-1, -2], [-1.5, -2.5], [-1.5, -9]])
    #expect(abs(stacking.weights[0] - 1) < 1e-6)
    #expect(abs(stacking.density.mean.value + 1.5) < 1e-7)
  }

  /// Two experts, each sure of its half: half the weight each, whatever the scale of the densities.
  @Test func expertsShareTheWeight() throws {
    let stacking = try StackingWeights(logDensities: [[-1000, -2000], [-2000, -1000]])
    #expect(zip(stacking.weights, [0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(stacking.density.mean.value + 1000 + log(2)) < 1e-9)
  }

  @Test func aPointWithoutAnyDensityDoesNotChangeTheWeights() throws {
    let stacking = try StackingWeights(logDensities: models.map { [-.infinity] + $0 })
    #expect(abs(stacking.weights[0] - 0.50579) < 2e-5)
    #expect(stacking.density.pointwise[0] == -.infinity)
    #expect(abs(stacking.density.pointwise.dropFirst().reduce(0, +) + 129.751692753) < 1e-6)
  }

  @Test func badInputIsNamed() {
    #expect(throws: StackingError.noModels) { try StackingWeights(logDensities: []) }
    #expect(throws: StackingError.unequalPoints(model: 1, expected: 2, found: 1)) {
      try StackingWeights(logDensities: [[1, 2], [1]])
    }
    #expect(throws: StackingError.undefinedDensity(model: 0, point: 1)) {
      try StackingWeights(logDensities: [[1, .nan], [1, 2]])
    }
  }

  @Test func pseudoModelAverages() throws {
    let weights = try pseudoModelAverage(logDensities: models, draws: 500, key: RandomKey(seed: 4))
    #expect(abs(weights.reduce(0) { $0 + $1.value } - 1) < 1e-12)
    // The bad model, 2 nats a point behind, gets nothing; the totals of the others decide their order.
    #expect(weights[3].value < 1e-12)
    let totals = models.map { $0.reduce(0, +) }
    #expect((totals[0] < totals[2]) == (weights[0].value < weights[2].value))
    let equal = try pseudoModelAverage(logDensities: [[-1, -2], [-1, -2]], draws: 10, key: RandomKey(seed: 4))
    #expect(equal.allSatisfy { abs($0.value - 0.5) < 1e-12 })
    // One point decides alone: with alpha_1 = 1 the weights are the softmax of the densities.
    let single = try pseudoModelAverage(logDensities: [[0], [log(3)]], draws: 3, key: RandomKey(seed: 4))
    #expect(abs(single[1].value - 0.75) < 1e-12)
  }
}
