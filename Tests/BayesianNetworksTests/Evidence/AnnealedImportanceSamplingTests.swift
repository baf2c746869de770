import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct AnnealedImportanceSamplingTests {
  let ladder = TemperatureLadder.geometric(steps: 600)

  func annealed(_ model: BayesianLinearModel) -> AnnealedModel {
    AnnealedModel(dimension: model.parameters, priorScale: 1 / model.priorPrecision.squareRoot()) {
      model.logLikelihood($0, gradient: $1)
    }
  }

  @Test(arguments: 1...4) func meetsTheExactEvidence(degree: Int) throws {
    let model = try polynomialModel(degree: degree)
    let result = AnnealedImportanceSampling(chains: 96).run(
      annealed(model), key: RandomKey(seed: 10 + UInt64(degree)))
    let error = try #require(result.logEvidence.standardError)
    #expect(abs(result.logEvidence.value - goldenLogEvidence[degree]) < 4 * error, "\(result.logEvidence)")
    #expect(error < 0.2, "\(error)")
    #expect(result.effectiveSampleSize > 32, "\(result.effectiveSampleSize)")
    #expect(result.acceptance.allSatisfy { $0 > 0.4 }, "\(result.acceptance.min() ?? 0)")
  }

  /// The sigmoidal ladder finds the same number.
  @Test func anotherLadder() throws {
    let model = try polynomialModel(degree: 2)
    let result = AnnealedImportanceSampling(ladder: .sigmoidal(steps: 600, delta: 8), chains: 64).run(
      annealed(model), key: RandomKey(seed: 4))
    let error = try #require(result.logEvidence.standardError)
    #expect(abs(result.logEvidence.value - goldenLogEvidence[2]) < 4 * error && error < 0.25)
  }

  /// One step is sampling from the prior: almost all of the weight is one chain's.
  @Test func aWrongLadderShows() throws {
    let model = annealed(try polynomialModel(degree: 4))
    let good = AnnealedImportanceSampling(ladder: ladder, chains: 64).run(model, key: RandomKey(seed: 5))
    let bad = AnnealedImportanceSampling(ladder: TemperatureLadder([0, 1]), chains: 64).run(
      model, key: RandomKey(seed: 5))
    #expect(bad.effectiveSampleSize < 2 && good.effectiveSampleSize > 8 * bad.effectiveSampleSize)
    #expect(bad.shape > 0.7 && good.shape < 0.7)
    #expect(bad.stepSizes.isEmpty && abs(bad.logEvidence.value - goldenLogEvidence[4]) > 5)
  }

  @Test func equalKeysGiveEqualWeights() throws {
    let model = annealed(try polynomialModel(degree: 1))
    let sampler = AnnealedImportanceSampling(ladder: .sigmoidal(steps: 20), chains: 4)
    let first = sampler.run(model, key: RandomKey(seed: 6))
    #expect(first == sampler.run(model, key: RandomKey(seed: 6)))
    #expect(first.weights != sampler.run(model, key: RandomKey(seed: 7)).weights)
    // A chain does not depend on how many others there are.
    var more = sampler
    more.chains = 6
    #expect(Array(more.run(model, key: RandomKey(seed: 6)).weights.values.prefix(4)) == first.weights.values)
  }

  /// A poor first step size makes no difference once the pilots have run.
  @Test(arguments: [1e-4, 100]) func stepSizesAreFound(initial: Double) throws {
    let model = try polynomialModel(degree: 2)
    let result = AnnealedImportanceSampling(
      ladder: ladder, chains: 32, kernel: HamiltonianMonteCarlo(stepSize: initial)
    ).run(annealed(model), key: RandomKey(seed: 8))
    let error = try #require(result.logEvidence.standardError)
    #expect(abs(result.logEvidence.value - goldenLogEvidence[2]) < 4 * error && error < 0.25)
    #expect((result.stepSizes.last ?? 1) < 0.1 && (result.stepSizes.first ?? 0) > 0.1)
  }

  @Test func aRunCanBeEnded() throws {
    struct Stop: Error {}
    let model = annealed(try polynomialModel(degree: 1))
    var seen: [Int] = []
    #expect(throws: Stop.self) {
      try AnnealedImportanceSampling(ladder: .sigmoidal(steps: 5), chains: 4).run(model, key: RandomKey(seed: 6)) {
        done, all in
        #expect(all == 4)
        seen.append(done)
        if done == 2 { throw Stop() }
      }
    }
    #expect(seen == [1, 2])
  }

  @Test func ladders() {
    for ladder in [
      TemperatureLadder.sigmoidal(steps: 10), .geometric(steps: 10), .geometric(steps: 1), .sigmoidal(steps: 1),
    ] {
      #expect(ladder.values.first == 0 && ladder.values.last == 1)
    }
    let geometric = TemperatureLadder.geometric(steps: 5, smallest: 1e-4).values
    for (value, expected) in zip(geometric, [0, 1e-4, 1e-3, 1e-2, 1e-1, 1]) { #expect(abs(value - expected) < 1e-12) }
    let sigmoidal = TemperatureLadder.sigmoidal(steps: 8).values
    #expect(abs(sigmoidal[4] - 0.5) < 1e-12 && abs(sigmoidal[1] + sigmoidal[7] - 1) < 1e-12 && sigmoidal[1] < 0.05)
  }
}
