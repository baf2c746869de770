import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct EvidenceTuningTests {
  static let cases = [
    LaplaceCase(
      "learned noise", Network(inputs: 2, hidden: [5], outputs: 2, activation: .tanh),
      .gaussian(scale: 0.4, learned: true), rows: 40),
    LaplaceCase("classes", Network(inputs: 3, hidden: [4], outputs: 3, activation: .tanh), .categorical, rows: 30),
  ]

  func precisions(_ posterior: LaplacePosterior<Double>) -> [Double] {
    if case .layers(let values) = posterior.priorPrecision { values } else { [] }
  }

  /// No neighbour in any precision that was tuned has more evidence, and the slope is 0.
  @Test(arguments: cases, LaplacePosteriorTests.curvatures)
  func theMaximum(_ example: LaplaceCase, _ curvature: LaplaceApproximation.Curvature) throws {
    let isRegression = example.model.likelihood != .categorical
    for prior in [LaplacePosterior<Double>.PriorTuning.global, .byLayer] {
      for tunesNoise in isRegression ? [false, true] : [false] {
        let start = try example.posterior(curvature)
        let posterior = try start.tuned(prior: prior, noise: tunesNoise)
        #expect(posterior.logEvidence > start.logEvidence)
        let found = precisions(posterior)
        #expect(found.count == 2 && (prior == .byLayer) == (found[0] != found[1]))
        var directions: [(prior: [Double], noise: Double)] =
          prior == .global ? [([1, 1], 0)] : [([1, 0], 0), ([0, 1], 0)]
        if tunesNoise { directions.append(([0, 0], 1)) }
        let noise = posterior.noise.map { 1 / ($0 * $0) }
        for direction in directions {
          func evidence(_ step: Double) throws -> Double {
            try posterior.with(
              priorPrecisions: zip(found, direction.prior).map { $0 * exp(step * $1) },
              noisePrecision: tunesNoise ? noise.map { $0 * exp(step * direction.noise) } : nil
            ).logEvidence
          }
          let (below, above) = (try evidence(-1e-2), try evidence(1e-2))
          #expect(below < posterior.logEvidence && above < posterior.logEvidence)
          #expect(abs(try evidence(1e-4) - evidence(-1e-4)) / 2e-4 < 1e-5)
        }
        if tunesNoise {
          let logNoise = posterior.mode[example.model.parameterCount - 1]
          #expect(abs(exp(logNoise) - (posterior.noise ?? 0)) < 1e-12)
          #expect(posterior.sample(0, key: RandomKey(seed: 1))[example.model.parameterCount - 1] == logNoise)
          #expect(posterior.noise != start.noise)
        }
      }
    }
  }

  /// The start does not matter.
  @Test(arguments: LaplacePosteriorTests.curvatures)
  func fromFarAway(_ curvature: LaplaceApproximation.Curvature) throws {
    let example = Self.cases[0]
    let start = try example.posterior(curvature)
    let expected = try start.tuned(prior: .byLayer, noise: true)
    for (precision, noise) in [(1e-6, 1e6), (1e6, 1e-4)] {
      let found = try start.with(priorPrecisions: [precision, precision], noisePrecision: noise)
        .tuned(prior: .byLayer, noise: true)
      #expect(difference(precisions(found), precisions(expected)) < 1e-6)
      #expect(abs(found.logEvidence - expected.logEvidence) < 1e-8)
    }
  }

  /// The noise alone, with the prior as it is.
  @Test(arguments: LaplacePosteriorTests.curvatures)
  func theNoiseAlone(_ curvature: LaplaceApproximation.Curvature) throws {
    let start = try Self.cases[0].posterior(curvature)
    let found = try start.tuned(prior: .fixed, noise: true)
    #expect(precisions(found) == precisions(start))
    let beta = try #require(found.noise.map { 1 / ($0 * $0) })
    for factor in [0.99, 1.01] {
      let other = try found.with(priorPrecisions: precisions(found), noisePrecision: beta * factor)
      #expect(other.logEvidence < found.logEvidence)
    }
  }

  /// Weights that are all 0 want an infinite precision, and get one with which the data has no say. The data says
  /// nothing about the first layer in front of zeros: its precision stays.
  @Test func weightsOfZero() throws {
    let example = Self.cases[1]
    let zero = Vector<Double>(count: example.mode.count)
    let posterior = try LaplacePosterior(
      model: example.model, mode: zero, data: example.data, curvature: .diagonal
    ).tuned(prior: .byLayer)
    let found = precisions(posterior)
    #expect(abs(found[0] * 0.49 - 1) < 1e-12 && found[1] > 1e10 && found[1] <= 1e12)
    // What is left is the likelihood of weights 0: equal probabilities.
    #expect(abs(posterior.logEvidence + 30 * log(3)) < 1e-6)
  }

  @Test func whatCannotBeTuned() throws {
    let classes = Self.cases[1]
    let mixture = LaplaceCase(
      "mixture", Network(inputs: 2, hidden: [], outputs: 2), .categorical,
      prior: ScaleMixturePrior(weight: 0.5, wide: 1, narrow: 0.3))
    #expect(throws: LaplaceError.self) { try mixture.posterior(.full).tuned() }
    #expect(throws: LaplaceError.self) { try classes.posterior(.full).tuned(noise: true) }
    let fixed = LaplaceCase("fixed", Network(inputs: 2, hidden: [], outputs: 2), .gaussian(scale: 1))
    #expect(throws: LaplaceError.self) { try fixed.posterior(.kronecker).tuned(noise: true) }
    let shifted = LaplaceCase(
      "shifted", Network(inputs: 2, hidden: [], outputs: 2), .categorical, prior: GaussianPrior(mean: 1, scale: 0.5))
    #expect(throws: LaplaceError.self) { try shifted.posterior(.full).tuned() }
    #expect(throws: LaplaceError.self) { try shifted.posterior(.full).with(priorPrecisions: [4]) }
    #expect(throws: LaplaceError.self) {
      try LaplaceApproximation(curvature: .full, tunesPrior: true)
        .posterior(at: mixture.mode, model: mixture.model, data: mixture.data)
    }
  }
}
