import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct CollectorTests {
  func collect<Scalar: TensorScalar>(
    _ collector: some IterateCollector, _ iterates: [[Scalar]]
  ) -> CollectedIterates<Scalar> {
    let count = iterates[0].count
    var collected = CollectedIterates<Scalar>(buffers: collector.initialBuffers(count: count))
    for iterate in iterates {
      let x = Vector(iterate)
      withExtendedLifetime(x) { collector.collect(x.unsafePointer, count: count, into: &collected) }
    }
    return collected
  }

  let times = CollectionTimes(start: 0, every: 1)

  /// Iterates around 3 with a scale of 0.5, dimension after dimension.
  func walk(_ steps: Int, dimensions: Int) -> [[Double]] {
    (0..<steps).map { step in
      Vector<Double>.normal(RandomKey(seed: 5).folded(step), count: dimensions).array.map { 3 + 0.5 * $0 }
    }
  }

  func moments(_ iterates: [[Double]], _ i: Int) -> (mean: Double, variance: Double) {
    let mean = iterates.reduce(0) { $0 + $1[i] } / Double(iterates.count)
    return (mean, iterates.reduce(0) { $0 + ($1[i] - mean) * ($1[i] - mean) } / Double(iterates.count))
  }

  @Test func whenIteratesAreCollected() {
    let times = CollectionTimes(start: 10, every: 4)
    let swa = SWA(times)
    #expect((1...30).filter { swa.isDue(after: $0, of: 30) } == [14, 18, 22, 26, 30])
    #expect((1...6).filter { SWA(self.times).isDue(after: $0, of: 6) } == [1, 2, 3, 4, 5, 6])
  }

  @Test func theMeanOfTheIterates() throws {
    let path = walk(37, dimensions: 3)
    let posterior = try #require(SWA(times).posterior(collect(SWA(times), path)))
    for i in 0..<3 { #expect(abs(posterior.parameters[i] - moments(path, i).mean) < 1e-13) }
    #expect(SWA(times).posterior(CollectedIterates<Float>()) == nil)
  }

  @Test func momentsAndDeviationsOfSWAG() throws {
    let path = walk(23, dimensions: 2)
    let swag = SWAG(times, rank: 5)
    let collected = collect(swag, path)
    let posterior = try #require(swag.posterior(collected))
    #expect(collected.count == 23 && posterior.deviations.count == 5)
    for i in 0..<2 {
      let (mean, variance) = moments(path, i)
      #expect(abs(posterior.mean[i] - mean) < 1e-13 && abs(posterior.variance[i] - variance) < 1e-13)
      // The last five, each from the mean of its time; iterate 22 stands at place 22 mod 5.
      for last in 18...22 {
        let deviation = path[last][i] - moments(Array(path[...last]), i).mean
        #expect(abs(posterior.deviations[last % 5][i] - deviation) < 1e-13)
      }
    }
    #expect(swag.posterior(collect(swag, Array(path[..<1]))) == nil)
    #expect(collect(swag, Array(path[..<3])).buffers.count == 5)
  }

  /// As printed, the variance of a constant mean of 1 falls by a half with every update.
  @Test func thePrintedFormOfHWAGivesNegativeVariances() throws {
    let constant = Array(repeating: [1.0, -3.0], count: 10)
    let printed = HWA(times, weights: 1, form: .printed)
    // The first model, and nine updates.
    let collected = collect(printed, constant)
    #expect(abs(printed.variance(collected)[0] + 4.5) < 1e-12)
    let posterior = try #require(printed.posterior(collected))
    #expect(abs(posterior.weights.scale[0] - 1e-8) < 1e-12)

    let corrected = HWA(times, weights: 1)
    let scale = log1p(exp(-3.0))
    #expect(abs(corrected.variance(collect(corrected, constant))[0] - scale * scale) < 1e-15)
  }

  /// The moments of the mixture of the collected Gaussians, with the likelihood's parameters averaged.
  @Test func theMixturesMeanAndVariance() throws {
    let (n, steps) = (3000, 12)
    let path = walk(steps, dimensions: 2 * n + 1)
    let hwa = HWA(times, weights: n)
    let collected = collect(hwa, path)
    let posterior = try #require(hwa.posterior(collected))
    let variance = hwa.variance(collected)
    for i in stride(from: 0, to: n, by: 101) {
      let (mean, spread) = moments(path, i)
      let trained = path.reduce(0) { $0 + pow(log1p(exp($1[n + i])), 2) } / Double(steps)
      #expect(abs(posterior.weights.mean[i] - mean) < 1e-12)
      #expect(abs(variance[i] - (spread + trained)) < 1e-12 * trained)
      #expect(abs(posterior.weights.scale[i] - variance[i].squareRoot()) < 1e-12 * variance[i])
    }
    #expect(abs(posterior.tail[0] - moments(path, 2 * n).mean) < 1e-13 && posterior.tail.count == 1)
  }

  /// Large means that hardly move, in single precision: a difference of second moment and squared mean would be noise of
  /// both signs.
  @Test func theCorrectedVarianceIsNeverNegative() {
    let path = walk(200, dimensions: 64).map { $0.map { Float(1000 + 1e-3 * $0) } + $0.map { _ in Float(-30) } }
    let hwa = HWA(times, weights: 64)
    let variance = hwa.variance(collect(hwa, path))
    #expect(variance.array.allSatisfy { $0 >= 0 && $0 < 1e-5 })
    let swag = SWAG(times)
    #expect(collect(swag, path).buffers[1].array.allSatisfy { $0 >= 0 })
  }

  @Test func samplesOfAChainAreSpreadEvenly() throws {
    func kept(_ samples: ChainSamples, total: Int) -> [Int] {
      (1...total).filter { samples.isDue(after: $0, of: total) }
    }
    let all = ChainSamples(CollectionTimes(start: 20, every: 10), maximum: 100)
    #expect(kept(all, total: 65) == [30, 40, 50, 60])
    let few = ChainSamples(CollectionTimes(start: 0, every: 1), maximum: 4)
    #expect(kept(few, total: 20) == [5, 10, 15, 20])
    for (total, maximum) in [(103, 7), (50, 49), (1000, 30)] {
      let numbers = kept(ChainSamples(CollectionTimes(start: 3, every: 2), maximum: maximum), total: total)
      #expect(numbers.count == min(maximum, (total - 3) / 2) && numbers.last! > total - 3)
      let gaps = zip(numbers.dropFirst(), numbers).map { $0.0 - $0.1 }
      #expect(gaps.max()! - gaps.min()! <= 2)
    }
    // Two cycles of 10 steps whose last 4 sample, every second of them.
    let cycles = LangevinCycles(cycles: 2, exploration: 0.6)
    let cyclical = ChainSamples(CollectionTimes(start: 0, every: 2), cycles: cycles, maximum: 10)
    #expect(kept(cyclical, total: 20) == [8, 10, 18, 20])
    #expect(kept(ChainSamples(cyclical.times, cycles: cycles, maximum: 2), total: 20) == [10, 20])
    let posterior = try #require(all.posterior(collect(all, [[1.0], [2], [3]])))
    #expect(posterior.samples.map { $0[0] } == [1, 2, 3])
  }
}
