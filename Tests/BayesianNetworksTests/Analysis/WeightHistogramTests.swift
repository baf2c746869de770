import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct WeightHistogramTests {
  private let network = Network(inputs: 7, hidden: [9], outputs: 3)

  private func posterior() -> VariationalPosterior<Float> {
    VariationalPosterior(
      DiagonalGaussian(
        mean: .normal(RandomKey(seed: 1), count: network.parameterCount),
        rho: Vector(repeating: -1, count: network.parameterCount)), tail: Vector([99]))
  }

  @Test(arguments: WeightHistogram.Axis.allCases) func countsAddUp(axis: WeightHistogram.Axis) throws {
    let posterior = posterior()
    let histogram = WeightHistogram(
      of: posterior, mean: posterior.weights.mean, network: network, samples: 5, key: RandomKey(seed: 2), bins: 12,
      axis: axis)
    #expect(histogram.edges.count == 13)
    for (all, number) in [(histogram.means, 1), (histogram.samples, 5)] {
      #expect(all.map(\.name) == ["all", "layers.0", "layers.1"])
      #expect(all.map(\.total) == [102, 72, 30].map { number * $0 })
      for series in all {
        #expect(series.counts.reduce(0, +) + series.below + series.above + series.undefined == series.total)
        let density = histogram.density(series)
        let inside = zip(density, histogram.edges.indices).reduce(0) {
          $0 + $1.0 * (histogram.edges[$1.1 + 1] - histogram.edges[$1.1])
        }
        #expect(abs(inside - Double(series.counts.reduce(0, +)) / Double(series.total)) < 1e-12)
      }
      for bin in 0..<12 { #expect(all[0].counts[bin] == all[1].counts[bin] + all[2].counts[bin]) }
    }
    // The range takes in all means; later samples may be outside.
    #expect(histogram.means[0].below == 0 && histogram.means[0].above == 0)
    let decoded = try JSONDecoder().decode(WeightHistogram.self, from: JSONEncoder().encode(histogram))
    #expect(decoded == histogram)
  }

  @Test func knownBins() {
    let line = Network(inputs: 5, hidden: [], outputs: 1)
    let weights = Vector<Double>([0, -100, 0.1, 10, .nan, 1000])
    func means(_ axis: WeightHistogram.Axis, _ range: ClosedRange<Double>) -> WeightHistogram.Series {
      WeightHistogram(
        of: PointPosterior(weights), mean: weights, network: line, samples: 8, key: RandomKey(seed: 0), bins: 4,
        axis: axis, range: range
      ).means[0]
    }
    let values = means(.value, -100...100)
    #expect(values.counts == [1, 0, 3, 0] && values.below == 0 && values.above == 1 && values.undefined == 1)
    let logarithmic = means(.logMagnitude, -1...3)
    // log10: -1, 1, 2 and 3, with 3 the upper edge of the last bin.
    #expect(logarithmic.counts == [1, 0, 1, 2])
    #expect(logarithmic.below == 1 && logarithmic.above == 0 && logarithmic.undefined == 1)
    let sampled = WeightHistogram(
      of: PointPosterior(weights), mean: weights, network: line, samples: 8, key: RandomKey(seed: 0), bins: 4,
      range: -100...100)
    // A point estimate has one sample.
    #expect(sampled.samples == sampled.means)
    #expect(sampled.logDensity(sampled.means[0])[1] == nil)
    #expect(abs(sampled.logDensity(sampled.means[0])[0]! - log10(1 / (6 * 50.0))) < 1e-12)
  }

  @Test func quantilesAreNearTheExactOnes() {
    let wide = Network(inputs: 99, hidden: [], outputs: 100)
    let weights = Vector<Double>.normal(RandomKey(seed: 6), count: wide.parameterCount)
    let fractions = [0, 0.001, 0.1, 0.25, 0.5, 0.6, 0.9, 0.999, 1]
    let histogram = WeightHistogram(
      of: PointPosterior(weights), mean: weights, network: wide, samples: 1, key: RandomKey(seed: 0),
      quantiles: fractions)
    let sorted = weights.array.sorted()
    for (quantile, fraction) in zip(histogram.means[0].quantiles, fractions) {
      let exact = sorted[max(1, Int((fraction * Double(sorted.count)).rounded(.up))) - 1]
      #expect(quantile.fraction == fraction && abs(quantile.value - exact) <= 1e-3 * abs(exact))
    }
    #expect(histogram.means[0].quantiles.first?.value == sorted.first)
    #expect(histogram.means[0].quantiles.last?.value == sorted.last)
  }

  @Test func equalWeightsHaveABinToo() {
    let line = Network(inputs: 3, hidden: [], outputs: 1)
    let weights = Vector<Float>(count: 4)
    for axis in WeightHistogram.Axis.allCases {
      let histogram = WeightHistogram(
        of: PointPosterior(weights), mean: weights, network: line, samples: 1, key: RandomKey(seed: 0), bins: 3,
        axis: axis)
      let all = histogram.means[0]
      #expect(all.counts == (axis == .value ? [0, 4, 0] : [0, 0, 0]) && all.below == (axis == .value ? 0 : 4))
      #expect(all.quantiles.allSatisfy { $0.value == 0 })
    }
  }
}
