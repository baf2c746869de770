import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct CrossValidationTests {
  @Test func foldsHoldEveryRowOnce() {
    for (count, k) in [(20, 4), (10, 3), (7, 7)] {
      for key in [nil, RandomKey(seed: 1)] {
        let partition = CrossValidation(count: count, folds: k, key: key)
        #expect(partition.folds.count == k && partition.folds.flatMap(\.self).sorted() == Array(0..<count))
        let sizes = partition.folds.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        for fold in 0..<k {
          #expect((partition.training(fold) + partition.folds[fold]).sorted() == Array(0..<count))
        }
      }
    }
    #expect(CrossValidation(count: 4, folds: 2).folds == [[0, 1], [2, 3]])
    #expect(CrossValidation(count: 40, folds: 2, key: RandomKey(seed: 1)).folds[0] != Array(0..<20))
  }

  @Test func scoreByHand() throws {
    let score = CrossValidation(folds: [[2, 0], [1]]).score { _, rows -> [Double] in rows.map { -Double($0) - 1 } }
    #expect(score.density.pointwise == [-1, -2, -3])
    #expect(score.folds.map(\.value) == [-4, -2])
    // Q: mean of 2 * -4 and 2 * -2, error |-8 + 4| / 2. Means per row: -2 and -2.
    #expect(score.quality == Estimate(-6, standardError: 2))
    #expect(score.mean == Estimate(-2, standardError: 0))
    #expect(score.density.monteCarloError == 0)
  }

  @Test func errorsOfTheTrainingAreThrown() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try CrossValidation(count: 4, folds: 2).score { _, _ -> [Double] in throw Failure() }
    }
  }

  /// Posterior samples instead of the exact predictive density give the same score within its stated error.
  @Test func samplesMeetTheExactScore() throws {
    let model = try polynomialModel(degree: 3)
    let partition = CrossValidation(count: 20, folds: 4, key: RandomKey(seed: 3))
    let exact = try partition.score { try model.logDensities(of: $1, given: $0) }
    let sampled = try partition.score { training, heldOut in
      try logLikelihoods(model, training: training, rows: heldOut, samples: 4000)
    }
    let error = try #require(sampled.density.monteCarloError)
    #expect(error > 0 && error < 0.1)
    #expect(abs(sampled.quality.value - exact.quality.value) < 4 * error)
  }

  /// The lecture's L is least at its weights, which see the data k / (k - 1) times.
  @Test func theLecturesPair() throws {
    let model = try polynomialModel(degree: 2)
    let partition = CrossValidation(count: 20, folds: 4)
    let result = try model.pointCrossValidation(partition)
    let prior = Gaussian()
    func loss(_ weights: [Vector<Double>]) -> Double {
      let parts = weights.enumerated().map { fold, w in
        let densities = model.pointwiseLogLikelihood(w)
        return 4.0 / 3 * partition.training(fold).reduce(0) { $0 + densities[$1] }
          + w.array.reduce(0) { $0 + prior.logDensity($1) }
      }
      return -parts.reduce(0, +) / 4
    }
    #expect(abs(loss(result.weights) - result.loss) < 1e-10)
    for fold in 0..<4 {
      for parameter in 0..<3 {
        for step in [-1e-3, 1e-3] {
          var moved = result.weights
          moved[fold][parameter] += step
          #expect(loss(moved) > result.loss)
        }
      }
    }
    let quality = partition.folds.enumerated().reduce(0) { sum, fold in
      let densities = model.pointwiseLogLikelihood(result.weights[fold.offset])
      return sum + fold.element.reduce(0) { $0 + densities[$1] }
    }
    #expect(abs(result.quality.value - quality) < 1e-10)
    #expect((result.quality.standardError ?? 0) > 0)
  }
}

@Suite struct PrequentialTests {
  @Test(arguments: [1, 3, 20]) func blocksSumToTheEvidence(blocks: Int) throws {
    let model = try polynomialModel(degree: 3)
    let score = try Prequential(count: 20, blocks: blocks, key: RandomKey(seed: 5)).score {
      try model.logDensity(ofBlock: $1, given: $0)
    }
    #expect(abs(score.logEvidence.value - goldenLogEvidence[3]) < 1e-9)
    #expect(score.logEvidence.standardError == 0 && score.effectiveSampleSizes.isEmpty)
  }

  @Test func skippingTheFirstBlockConditionsOnIt() throws {
    let model = try polynomialModel(degree: 3)
    let score = try Prequential(count: 20, blocks: 4, skipsFirst: true).score { training, block in
      #expect(!training.isEmpty)
      return try model.logDensity(ofBlock: block, given: training)
    }
    let first = try model.selecting(rows: Array(0..<5)).logEvidence
    #expect(score.blocks.count == 3)
    #expect(abs(score.logEvidence.value + first - goldenLogEvidence[3]) < 1e-9)
  }

  /// Posterior samples, one row at a time; in larger blocks the effective sample size shows the loss.
  @Test func samplesMeetTheEvidence() throws {
    let model = try polynomialModel(degree: 2)
    func run(_ blocks: Int) throws -> Prequential.Score {
      try Prequential(count: 20, blocks: blocks, key: RandomKey(seed: 5)).score { training, block in
        try logLikelihoods(model, training: training, rows: block, samples: 5000)
      }
    }
    let score = try run(20)
    let error = try #require(score.logEvidence.standardError)
    #expect(abs(score.logEvidence.value - goldenLogEvidence[2]) < 4 * error && error < 0.2)
    #expect(try (run(2).effectiveSampleSizes.min() ?? 0) < (score.effectiveSampleSizes.min() ?? 0))
  }
}

/// The log likelihoods of some rows under draws from the posterior of others.
private func logLikelihoods(
  _ model: BayesianLinearModel, training: [Int], rows: [Int], samples: Int
) throws -> PointwiseLogLikelihood {
  let key = RandomKey(seed: 77).folded(training.count).folded(rows[0])
  let draws = try model.selecting(rows: training).samples(samples, key: key)
  let heldOut = try model.selecting(rows: rows)
  var result = PointwiseLogLikelihood(points: rows.count, samples: samples)
  for sample in 0..<samples {
    result.append(heldOut.pointwiseLogLikelihood(draws.selecting(rows: [sample]).elements))
  }
  return result
}
