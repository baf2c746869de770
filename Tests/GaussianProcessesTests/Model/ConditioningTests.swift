import Foundation
import GaussianProcesses
import Tensors
import Testing

private let features = ModelReference.features
private let theta = ModelReference.hyperparameters

private func process(_ observations: Observations) throws -> GaussianProcess {
  try GaussianProcess(observations, features: features, hyperparameters: theta)
}

private func expectEqual(_ a: GaussianProcess, _ b: GaussianProcess, _ tolerance: Double = 1e-9) {
  let points = ModelReference.points(25, seed: 99)
  let (first, second) = (a.posterior(at: points), b.posterior(at: points))
  #expect(a.count == b.count)
  #expect(ModelReference.near(first.mean, second.mean, tolerance))
  #expect(ModelReference.near(first.variance, second.variance, tolerance))
}

private func append(_ all: Observations, _ range: Range<Int>, to process: GaussianProcess) throws -> GaussianProcess {
  try process.conditioned(
    on: all.points.selecting(rows: Array(range)), outcomes: Array(all.outcomes[range]),
    noise: range.map { all.noise[$0] + theta.noiseVariance })
}

@Test func appendingIsFactorisingAgain() throws {
  let all = ModelReference.observations(120, seed: 20)
  let whole = try process(all)
  // One by one, beyond the spare rows, and in blocks.
  var grown = try process(all.selecting(Array(0..<30)))
  for next in 30..<120 { grown = try append(all, next..<(next + 1), to: grown) }
  expectEqual(grown, whole)
  expectEqual(try append(all, 50..<120, to: process(all.selecting(Array(0..<50)))), whole)
  expectEqual(try append(all, 0..<120, to: process(all.selecting([]))), whole)
  #expect(grown.outcomes == whole.outcomes)
  #expect(ModelReference.near(grown.leaveOneOut().mean, whole.leaveOneOut().mean, 1e-9))
}

@Test func twoProcessesThatGrowFromOneDoNotDisturbEachOther() throws {
  let all = ModelReference.observations(60, seed: 21)
  let base = try process(all.selecting(Array(0..<40)))
  let first = try append(all, 40..<50, to: base)
  let second = try append(all, 50..<60, to: base)
  let third = try append(all, 50..<60, to: first)
  expectEqual(base, try process(all.selecting(Array(0..<40))))
  expectEqual(first, try process(all.selecting(Array(0..<50))))
  expectEqual(second, try process(all.selecting(Array(0..<40) + Array(50..<60))))
  expectEqual(third, try process(all))
}

@Test func oneSetOfFantasiesIsConditioning() throws {
  let all = ModelReference.observations(40, seed: 22)
  let base = try process(all.selecting(Array(0..<30)))
  let more = all.selecting(Array(30..<40))
  let fantasized = try base.fantasized(
    at: more.points, outcomes: Matrix(more.outcomes, rows: 1, columns: 10), noise: Array(repeating: 0.1, count: 10))
  let conditioned = try base.conditioned(
    on: more.points, outcomes: more.outcomes, noise: Array(repeating: 0.1, count: 10))
  let points = ModelReference.points(25, seed: 23)
  let (means, variance) = fantasized.posterior(at: points)
  let expected = conditioned.posterior(at: points)
  #expect(fantasized.sets == 1)
  #expect(ModelReference.near(means.elements.array, expected.mean, 1e-11))
  #expect(ModelReference.near(variance, expected.variance, 1e-11))
}

@Test func everySetOfFantasiesHasItsOwnMeanAndTheGradientsOfWhateverIsMadeOfThem() throws {
  let base = try process(ModelReference.observations(30, seed: 24))
  let places = ModelReference.points(3, seed: 25)
  let sets = Matrix(ModelReference.normals(12, seed: 26), rows: 4, columns: 3)
  let fantasized = try base.fantasized(at: places, outcomes: sets, noise: [0, 0.1, 0])
  let points = ModelReference.points(20, seed: 27)
  let (means, _) = fantasized.posterior(at: points)
  for set in 0..<4 {
    let alone = try base.conditioned(on: places, outcomes: ModelReference.row(sets, set), noise: [0, 0.1, 0])
    #expect(
      ModelReference.near((0..<20).map { means[$0, set] }, alone.posterior(at: points).mean, 1e-8))
  }

  // v = sum_s (s + 1) mean_s^2 + 3 log variance
  func value(_ means: [Double], _ variance: Double) -> Double {
    means.enumerated().reduce(3 * log(variance)) { $0 + Double($1.offset + 1) * $1.element * $1.element }
  }
  let (values, gradients) = fantasized.valueAndGradients(at: points) { _, means, variance, derivatives in
    for set in 0..<4 { derivatives[set] = 2 * Double(set + 1) * means[set] }
    return (value((0..<4).map { means[$0] }, variance), 3 / variance)
  }
  for row in 0..<20 {
    for column in 0..<6 {
      let x = points[row, column]
      guard features[column].isNumber, !x.isNaN else {
        #expect(gradients[row, column] == 0)
        continue
      }
      func moved(_ x: Double) -> Double {
        var other = points.selecting(rows: [row])
        other[0, column] = x
        let (means, variance) = fantasized.posterior(at: other)
        return value(means.elements.array, variance[0])
      }
      #expect(ModelReference.near(values[row], moved(x), 1e-9))
      let step = min(1e-3, x / 2, (1 - x) / 2)
      #expect(
        ModelReference.near(gradients[row, column], ModelReference.derivative(at: x, step: step, moved), 1e-5))
    }
  }
}

@Test func valuesWithoutNoiseAreReproduced() throws {
  let base = try process(ModelReference.observations(30, seed: 28))
  let places = ModelReference.points(5, seed: 29)
  let values = ModelReference.normals(5, seed: 30)
  // Twice the same place, and with it twice the same value.
  let conditioned = try base.conditioned(
    on: places.selecting(rows: [0, 1, 2, 3, 4, 0]), outcomes: values + [values[0]],
    noise: Array(repeating: 0, count: 6))
  let posterior = conditioned.posterior(at: places)
  #expect(ModelReference.near(posterior.mean, values, 1e-6))
  #expect(posterior.variance.allSatisfy { $0 > 0 && $0 < 1e-8 })
}

@Test func numbersThatCannotBeUsedAreRefused() throws {
  let base = try process(ModelReference.observations(5, seed: 31))
  let place = ModelReference.points(1, seed: 32)
  #expect(throws: GaussianProcessError.self) {
    try base.conditioned(on: place, outcomes: [.nan], noise: [0])
  }
  #expect(throws: GaussianProcessError.self) {
    try base.conditioned(on: place, outcomes: [1], noise: [-1])
  }
  var bad = theta
  bad.lengthScales[0] = 0
  #expect(throws: GaussianProcessError.self) {
    try GaussianProcess(ModelReference.observations(5, seed: 31), features: features, hyperparameters: bad)
  }
}
