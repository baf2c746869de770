import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct PredictiveSummaryTests {
  /// y = w x + b with the noise exp(t): the samples are given.
  func linear(_ samples: [[Double]]) -> MonteCarloPredictive<Double> {
    MonteCarloPredictive(
      SampleSetPosterior(samples.map { Vector($0) }),
      model: BayesianModel(
        network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: 1, learned: true),
        prior: GaussianPrior()))
  }

  let inputs = Matrix<Double>([0, 2], rows: 2, columns: 1)

  @Test func oneSampleIsANormalDistribution() {
    let summary = PredictiveSummary(
      samples: 10, scaling: TargetScaling(mean: 100, scale: 10), key: RandomKey(seed: 0))
    let found = summary.regression(linear([[3, 1, log(0.5)]]), inputs: inputs, quantiles: [0.025, 0.5, 0.975, 1e-9])
    let z = 1.959963984540054
    for (point, mean) in zip(found, [110.0, 170]) {
      #expect(abs(point.mean - mean) < 1e-9 && abs(point.standardDeviation - 5) < 1e-9)
      #expect(point.epistemicStandardDeviation == 0)
      for (quantile, expected) in zip(point.quantiles, [-z, 0, z, -5.997807015007686]) {
        #expect(abs(quantile - (mean + 5 * expected)) < 1e-7, "\(point)")
      }
    }
  }

  @Test func samplesAreAMixture() {
    // At x = 2: means 1, 3, 8 and scales 1, 2, 0.5.
    let summary = PredictiveSummary(samples: 10, key: RandomKey(seed: 0))
    let found = summary.regression(
      linear([[0, 1, 0], [1, 1, log(2)], [4, 0, log(0.5)]]), inputs: inputs, quantiles: [0.01, 0.3, 0.5, 0.7, 0.99])[1]
    #expect(abs(found.mean - 4) < 1e-12)
    let epistemic: Double = (9 + 1 + 16) / 3
    #expect(abs(found.epistemicStandardDeviation - epistemic.squareRoot()) < 1e-12)
    #expect(abs(found.standardDeviation - (epistemic + (1 + 4 + 0.25) / 3).squareRoot()) < 1e-12)
    for (quantile, p) in zip(found.quantiles, [0.01, 0.3, 0.5, 0.7, 0.99]) {
      let value = zip([1.0, 3, 8], [1, 2, 0.5]).reduce(0) {
        $0 + 0.5 * erfc(-(quantile - $1.0) / $1.1 / 2.0.squareRoot())
      }
      #expect(abs(value / 3 - p) < 1e-10)
    }
  }

  /// Components that are far apart leave the distribution function flat between them.
  @Test func quantilesOfAMixtureWithAGap() {
    let summary = PredictiveSummary(samples: 10, key: RandomKey(seed: 0))
    let found = summary.regression(
      linear([[0, -1000, log(1e-3)], [0, 1000, log(1e-3)]]), inputs: inputs, quantiles: [0.25, 0.5, 0.75])[0].quantiles
    #expect(abs(found[0] + 1000) < 1e-9 && abs(found[2] - 1000) < 1e-9 && abs(found[1]) <= 1000)
  }

  @Test func classesAreMeansOfProbabilities() {
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [], outputs: 2), likelihood: .categorical, prior: GaussianPrior())
    let posterior = SampleSetPosterior([Vector<Double>([0, 0, log(3), 0]), Vector([0, 0, 0, 0])])
    let summary = PredictiveSummary(samples: 10, key: RandomKey(seed: 0))
    let found = summary.classification(MonteCarloPredictive(posterior, model: model), inputs: inputs)
    #expect(found.count == 2)
    for point in found {
      #expect(abs(point.probabilities[0] - 0.625) < 1e-12 && abs(point.probabilities[1] - 0.375) < 1e-12)
      #expect(point.predicted == 0)
      #expect(abs(point.entropy + 0.625 * log(0.625) + 0.375 * log(0.375)) < 1e-12)
    }
  }
}
