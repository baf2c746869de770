import Foundation
import GaussianProcesses
import Tensors
import Testing

private let key = RandomKey(seed: 1)

private func uniform(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix<Double> {
  Matrix(Vector<Double>.uniform(RandomKey(seed: seed), count: rows * columns), rows: rows, columns: columns)
}

private func standardized(_ values: [Double]) -> [Double] {
  let mean = values.reduce(0, +) / Double(values.count)
  let scale = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  return values.map { ($0 - mean) / scale }
}

@Test func aFitFindsWhatMattersAndPredicts() {
  let points = uniform(80, 3)
  func f(_ matrix: Matrix<Double>) -> [Double] {
    (0..<matrix.rows).map { sin(6 * matrix[$0, 0]) + 0.3 * matrix[$0, 1] }
  }
  let outcomes = f(points)
  let process = GaussianProcessFit().fit(
    Observations(points: points, outcomes: outcomes), features: [.number, .number, .number], key: key)
  let others = uniform(200, 3, seed: 2)
  let errors = zip(process.posteriorMean(at: others), f(others)).map { abs($0 - $1) }
  #expect((errors.max() ?? 1) < 0.05)
  let importance = process.hyperparameters.importance
  #expect(importance[0] > importance[1] && importance[1] > importance[2])
  #expect(process.noiseVariance < 1e-4)
}

@Test func noiseIsLearnedAndKnownNoiseIsNotLearnedTwice() {
  let points = uniform(150, 2)
  let noise = ModelReference.normals(150, seed: 3)
  let outcomes = (0..<150).map { sin(5 * points[$0, 0]) + 0.3 * noise[$0] }
  let learned = GaussianProcessFit().fit(
    Observations(points: points, outcomes: outcomes), features: [.number, .number], key: key)
  #expect(learned.noiseVariance > 0.05 && learned.noiseVariance < 0.16)
  let known = GaussianProcessFit().fit(
    Observations(points: points, outcomes: outcomes, noise: Array(repeating: 0.09, count: 150)),
    features: [.number, .number], key: key)
  #expect(known.noiseVariance < 0.02)
}

@Test func aWarpIsLearnedWhereTheFunctionChangesAtOneEnd() {
  let points = uniform(60, 1)
  let outcomes = standardized((0..<60).map { sin(1.5 / (points[$0, 0] + 0.1)) })
  var fit = GaussianProcessFit()
  fit.warping = (minimum: 20, perNumber: 5)
  let observations = Observations(points: points, outcomes: outcomes)
  let warped = fit.hyperparameters(observations, features: [.number], key: key)
  #expect((warped.hyperparameters.warps?[0].a ?? 1) < 0.9)
  fit.warping = nil
  let plain = fit.hyperparameters(observations, features: [.number], key: key)
  #expect(plain.hyperparameters.warps == nil)
  #expect((warped.logPosterior ?? 0) > (plain.logPosterior ?? 0))
}

@Test(arguments: [false, true])
func aFitThatGoesOnTakesFewEvaluationsAndEndsNearlyAsHigh(isWarped: Bool) throws {
  let points = uniform(240, 2)
  let noise = ModelReference.normals(240, seed: 3).map { isWarped ? 0 : 0.1 * $0 }
  let outcomes = standardized(
    (0..<240).map {
      sin(isWarped ? 1.5 / (points[$0, 0] + 0.1) : 5 * points[$0, 0]) + cos(3 * points[$0, 1]) + noise[$0]
    })
  func observations(_ count: Int) -> Observations {
    Observations(points: points, outcomes: outcomes).selecting(Array(0..<count))
  }
  let features: [InputFeature] = [.number, .number]
  let last = GaussianProcessFit().hyperparameters(observations(220), features: features, key: key)
  let full = GaussianProcessFit().hyperparameters(
    observations(240), features: features, last: last.hyperparameters, key: key)
  let short = GaussianProcessFit.continuing.hyperparameters(
    observations(240), features: features, last: last.hyperparameters, key: key)
  #expect((last.hyperparameters.warps != nil) == isWarped && (short.hyperparameters.warps != nil) == isWarped)
  #expect(short.evaluations <= (isWarped ? 6 : 12) && full.evaluations > 2 * short.evaluations)
  // Each of the twenty new observations is worth several.
  #expect(try #require(short.logPosterior) > #require(full.logPosterior) - 3)
}

@Test func noiseIsSeldomTakenForAWarp() {
  let points = uniform(60, 3)
  let fit = GaussianProcessFit()
  let features = Array(repeating: InputFeature.number, count: 3)
  #expect(fit.triesWarps(features, count: 60) && !fit.triesWarps(features, count: 19))
  let warped = (0..<10).count { seed in
    let noise = ModelReference.normals(60, seed: UInt64(seed))
    let observations = Observations(
      points: points, outcomes: standardized((0..<60).map { noise[$0] }))
    return fit.hyperparameters(observations, features: features, key: key).hyperparameters.warps != nil
  }
  #expect(warped <= 3, "\(warped) of 10")
}

@Test func everyKindOfFeatureIsLearned() {
  let process = GaussianProcessFit().fit(
    ModelReference.observations(120, seed: 9), features: ModelReference.features, key: key)
  let others = ModelReference.observations(100, seed: 10)
  let errors = zip(process.posteriorMean(at: others.points), others.outcomes).map { ($0 - $1) * ($0 - $1) }
  let mean = others.outcomes.reduce(0, +) / 100
  let spread = others.outcomes.map { ($0 - mean) * ($0 - mean) }
  // The noise alone has a standard deviation of 0.1.
  #expect(errors.reduce(0, +) / 100 < 0.025 && spread.reduce(0, +) / 100 > 0.5)
}

@Test func aFirstFitOfManyObservationsBeginsWithAPart() {
  let points = uniform(300, 2)
  let observations = Observations(
    points: points, outcomes: standardized((0..<300).map { sin(5 * points[$0, 0]) * points[$0, 1] }))
  var fit = GaussianProcessFit()
  fit.coarseLimit = 60
  let fitted = fit.hyperparameters(observations, features: [.number, .number], key: key)
  fit.coarseLimit = 1000
  let direct = fit.hyperparameters(observations, features: [.number, .number], key: key)
  #expect((fitted.logPosterior ?? -.infinity) > (direct.logPosterior ?? .infinity) - 1)
}

@Test func aFitGoesOnFromTheLastOneAndIsRepeatable() {
  let observations = ModelReference.observations(60, seed: 4)
  let fit = GaussianProcessFit()
  let first = fit.hyperparameters(observations, features: ModelReference.features, key: key)
  let again = fit.hyperparameters(observations, features: ModelReference.features, key: key)
  #expect(first.hyperparameters == again.hyperparameters && first.evaluations == again.evaluations)
  var one = fit
  one.starts = 1
  let warm = one.hyperparameters(
    observations, features: ModelReference.features, last: first.hyperparameters, key: key)
  #expect((warm.logPosterior ?? -.infinity) >= (first.logPosterior ?? 0) - 1e-6)
  #expect(warm.evaluations < first.evaluations)
}

@Test func oddDataIsAlwaysAnswered() {
  let fit = GaussianProcessFit()
  let features = ModelReference.features
  func check(_ observations: Observations, _ name: String) {
    let process = fit.fit(observations, features: features, key: key)
    let posterior = process.posterior(at: ModelReference.points(10, seed: 5))
    #expect(posterior.mean.allSatisfy(\.isFinite) && posterior.variance.allSatisfy { $0 > 0 }, "\(name)")
    let gradients = process.posteriorGradients(at: process.points)
    #expect(gradients.meanGradient.elements.array.allSatisfy { $0.isFinite }, "\(name)")
    #expect(gradients.varianceGradient.elements.array.allSatisfy { $0.isFinite }, "\(name)")
  }
  let points = ModelReference.points(40, seed: 6)
  check(Observations(points: ModelReference.points(0, seed: 6), outcomes: []), "none")
  check(Observations(points: ModelReference.points(1, seed: 6), outcomes: [2]), "one")
  check(Observations(points: points, outcomes: Array(repeating: 1, count: 40)), "all equal")
  check(Observations(points: points, outcomes: (0..<40).map { $0 % 5 == 0 ? .nan : Double($0) }), "NaN")
  check(Observations(points: points, outcomes: Array(repeating: -.infinity, count: 40)), "infinite")
  check(Observations(points: points, outcomes: (0..<40).map { $0 == 7 ? 1e12 : Double($0) }), "1e12 apart")
  check(Observations(points: points, outcomes: (0..<40).map { $0 == 7 ? 1e300 : 0 }), "1e300")
  check(
    Observations(points: points, outcomes: (0..<40).map(Double.init), noise: Array(repeating: .nan, count: 40)),
    "noise without value")
  let repeated = points.selecting(rows: (0..<40).map { $0 % 4 })
  check(Observations(points: repeated, outcomes: (0..<40).map { Double($0 % 4) }), "duplicates that agree")
  check(Observations(points: repeated, outcomes: (0..<40).map { Double($0) }), "duplicates that differ")
}

@Test func oneAndTwoHundredDimensionsAreFitted() {
  for dimensions in [1, 50, 200] {
    let points = uniform(30, dimensions)
    let outcomes = standardized((0..<30).map { row in (0..<dimensions).reduce(0) { $0 + points[row, $1] } })
    let process = GaussianProcessFit().fit(
      Observations(points: points, outcomes: outcomes), features: Array(repeating: .number, count: dimensions), key: key
    )
    let errors = zip(process.posteriorMean(at: points), outcomes).map { abs($0 - $1) }
    #expect((errors.max() ?? 1) < 0.5)
  }
}

@Test func manyObservationsAreAnsweredFromASubset() {
  var fit = GaussianProcessFit()
  fit.fittingLimit = 60
  fit.conditioningLimit = 150
  let points = uniform(1000, 2)
  let outcomes = standardized((0..<1000).map { sin(4 * points[$0, 0]) * cos(3 * points[$0, 1]) })
  let process = fit.fit(Observations(points: points, outcomes: outcomes), features: [.number, .number], key: key)
  #expect(process.count == 150)
  let errors = zip(process.posteriorMean(at: points), outcomes).map { abs($0 - $1) }
  #expect((errors.max() ?? 1) < 0.05)
  #expect(process.outcomes.max() == outcomes.max())
}

@Test func aSubsetHoldsTheBestItsNeighboursAndTheCorners() {
  let side = 20
  let points = Matrix(
    (0..<(side * side)).flatMap { [Double($0 / side), Double($0 % side)] }, rows: side * side, columns: 2)
  let outcomes = (0..<(side * side)).map { -abs(Double($0 / side) - 7) - abs(Double($0 % side) - 7) * 0.5 }
  let chosen = SubsetSelection.select(40, embedded: points, outcomes: outcomes, key: key)
  #expect(chosen.count == 40 && Set(chosen).count == 40 && chosen == chosen.sorted())
  #expect(chosen.contains(7 * side + 7) && chosen.contains(8 * side + 7) && chosen.contains(7 * side + 8))
  // No point is far from all chosen ones.
  let farthest = (0..<(side * side)).map { point in
    chosen.map { hypot(points[$0, 0] - points[point, 0], points[$0, 1] - points[point, 1]) }.min() ?? .infinity
  }
  #expect((farthest.max() ?? .infinity) < 6)
  #expect(SubsetSelection.select(500, embedded: points, outcomes: outcomes, key: key).count == 400)
}

@Test func refitsBecomeRarer() {
  let schedule = RefitSchedule()
  #expect(schedule.isDue(count: 1, last: nil) && schedule.isDue(count: 11, last: 10))
  #expect(!schedule.isDue(count: 10, last: 10) && !schedule.isDue(count: 104, last: 100))
  #expect(schedule.isDue(count: 105, last: 100) && schedule.isDue(count: 9, last: 10))
}
