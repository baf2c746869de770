import Foundation
import Probability
import Tensors
import Testing

@Suite struct EstimateTests {
  @Test func meanSumAndTotal() {
    let mean = Estimate.mean([1.0, 2, 6])
    // Squares about 3: 4 + 1 + 9 = 14; variance 7; of the mean 7/3.
    #expect(mean.value == 3 && abs((mean.standardError ?? 0) - (7.0 / 3).squareRoot()) < 1e-15)
    let sum = Estimate.sum([1.0, 2, 6])
    #expect(sum.value == 9 && abs((sum.standardError ?? 0) - 21.0.squareRoot()) < 1e-14)
    #expect(Estimate.mean([4.0]) == Estimate(4))
    #expect(
      Estimate.total([Estimate(1, standardError: 3), Estimate(2, standardError: 4)]) == Estimate(3, standardError: 5))
    #expect(Estimate.total([Estimate(1, standardError: 3), Estimate(2)]).standardError == nil)
  }
}

@Suite struct LogWeightsTests {
  @Test func logMeanByHand() {
    // Weights 1 and 3: mean 2, standard deviation sqrt 2, of the mean 1, relative 1/2.
    let weights = LogWeights([0, log(3)])
    #expect(abs(weights.logMean.value - log(2)) < 1e-15)
    #expect(abs((weights.logMean.standardError ?? 0) - 0.5) < 1e-15)
    // (1 + 3)^2 / (1 + 9)
    #expect(abs(weights.effectiveSampleSize - 1.6) < 1e-12)
    #expect(zip(weights.normalized, [0.25, 0.75]).allSatisfy { abs($0 - $1) < 1e-15 })
    // Without one: log 3 and 0. Value 2 log 2 - log(3)/2, error |log 3| / 2.
    let jackknife = weights.jackknifedLogMean
    #expect(abs(jackknife.value - (2 * log(2) - log(3) / 2)) < 1e-15)
    #expect(abs((jackknife.standardError ?? 0) - log(3) / 2) < 1e-15)
  }

  /// Weights far beyond the range of exp.
  @Test func largeWeights() {
    let (small, large) = (LogWeights([0, 1, 2]), LogWeights([-5000, -4999, -4998]))
    #expect(abs(small.logMean.value - large.logMean.value - 5000) < 1e-9)
    #expect(abs((small.logMean.standardError ?? 0) - (large.logMean.standardError ?? 1)) < 1e-9)
    #expect(abs(small.effectiveSampleSize - large.effectiveSampleSize) < 1e-9)
  }

  @Test func weightsOfZero() {
    #expect(LogWeights([-.infinity, -.infinity]).logMean.value == -.infinity)
    #expect(LogWeights([-.infinity, -.infinity]).effectiveSampleSize == 0)
    #expect(LogWeights([0, -.infinity]).effectiveSampleSize == 1)
    #expect(LogWeights([0, -.infinity]).jackknifedLogMean.standardError == .infinity)
    #expect(LogWeights([7]).logMean == Estimate(7))
  }

  /// L_1 <= L_5 <= L_25 <= log p(D) for log-normal weights with mean 1: L_1 = -s^2 / 2.
  @Test func importanceWeightedBoundsGrow() throws {
    let scale = 1.2
    let noise = Vector<Double>.normal(RandomKey(seed: 8), count: 50_000).array
    let weights = LogWeights(noise.map { scale * $0 - 0.5 * scale * scale })
    let bounds = [1, 5, 25].map { weights.importanceWeightedBound(samples: $0) }
    let error = try #require(bounds[0].standardError)
    #expect(abs(bounds[0].value + 0.72) < 4 * error)
    #expect(bounds[0].value + 0.3 < bounds[1].value && bounds[1].value + 0.05 < bounds[2].value)
    #expect(bounds[2].value < 0)
    #expect(abs(weights.importanceWeightedBound(samples: 50_000).value - weights.logMean.value) < 1e-12)
    // The effective share of log-normal weights is exp(-s^2).
    #expect(abs(weights.effectiveSampleSize / 50_000 - exp(-1.44)) < 0.05)
  }

  @Test func groupsOfTheBoundByHand() {
    let bound = LogWeights([0, log(3), log(2), log(4), 99]).importanceWeightedBound(samples: 2)
    #expect(abs(bound.value - (log(2) + log(3)) / 2) < 1e-15)
  }
}
