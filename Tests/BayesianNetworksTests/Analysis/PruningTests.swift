import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct PruningTests {
  private let network = Network(inputs: 2, hidden: [3], outputs: 2, activation: .tanh)

  private func posterior(seed: UInt64 = 3, rho: Double = -2) -> VariationalPosterior<Double> {
    let key = RandomKey(seed: seed)
    return VariationalPosterior(
      DiagonalGaussian(
        mean: .normal(key.folded(0), count: network.parameterCount),
        rho: .uniform(key.folded(1), from: rho - 1, to: rho + 1, count: network.parameterCount)))
  }

  @Test func orderIsBySignalToNoise() {
    let line = Network(inputs: 4, hidden: [], outputs: 1)
    let pruning = Pruning(
      mean: Vector<Double>([-3, 0.2, 0, 5, 1]), scale: Vector([1, 0.1, 0, 0, 0.5]), network: line)
    #expect(pruning.signalToNoise == [3, 2, 0, .infinity, 2])
    #expect(pruning.order == [2, 1, 4, 0, 3])
    #expect(pruning.mask(fraction: 0.4).isPruned == [false, true, true, false, false])
    #expect(pruning.mask(fraction: 0.6).isPruned == [false, true, true, false, true])
    #expect(pruning.mask(fraction: 0).count == 0 && pruning.mask(fraction: 1).count == 5)
    #expect(pruning.mask(signalToNoiseBelow: 2).isPruned == [false, false, true, false, false])
  }

  /// Every fraction of numbers with many equals among them.
  @Test func masksAgreeWithSorting() {
    let wide = Network(inputs: 40, hidden: [], outputs: 4)
    let count = wide.parameterCount
    let mean = Vector<Float>.normal(RandomKey(seed: 5), count: count)
    let coarse = Vector((0..<count).map { ($0 % 3 == 0 ? 1e-3 : 1) * (mean[$0] * 4).rounded() })
    let pruning = Pruning(mean: coarse, scale: Vector(repeating: 0.5, count: count), network: wide)
    let order = pruning.order
    for pruned in 0...count {
      let mask = pruning.mask(fraction: Double(pruned) / Double(count))
      #expect(mask.count == pruned)
      #expect(Set(mask.isPruned.indices.filter { mask.isPruned[$0] }) == Set(order.prefix(pruned)))
    }
  }

  /// exp(-mean^2 / (2 scale^2)); the lecture prints the scale where it means its square.
  @Test func gravesRatioOfTheCorrectedForm() {
    let posterior = posterior(rho: 0)
    let pruning = Pruning(posterior.weights, network: network)
    let (mean, scale) = (posterior.weights.mean, posterior.weights.scale)
    for threshold in [0.1, 0.5, 0.9, 1] {
      let expected = (0..<mean.count).map { exp(-mean[$0] * mean[$0] / (2 * scale[$0] * scale[$0])) > threshold }
      #expect(pruning.mask(gravesRatioAbove: threshold).isPruned == expected)
    }
    // exp(-8), and exp(-2) in the printed form.
    let narrow = Pruning(
      mean: Vector<Double>([1, 0.1]), scale: Vector([0.25, 0.25]), network: Network(inputs: 1, hidden: [], outputs: 1))
    #expect(narrow.mask(gravesRatioAbove: 0.1).isPruned == [false, true])
    #expect(abs(Pruning.gravesRatio(signalToNoise: 2) - exp(-2)) < 1e-15)
    #expect(abs(Pruning.signalToNoise(gravesRatio: exp(-2)) - 2) < 1e-15)
  }

  /// The ratios of posteriors whose scales are not their weights' standard deviations, against those of samples.
  @Test func signalToNoiseOfOtherPosteriors() throws {
    let count = network.parameterCount
    let key = RandomKey(seed: 9)
    let regions = network.affineLayers.map(\.range)
    let radial = RadialPosterior<Double>(posterior().weights, regions: regions)
    let averages = LowRankPlusDiagonal<Double>(
      mean: .normal(key.folded(0), count: count), variance: .uniform(key.folded(1), from: 0.1, to: 1, count: count),
      deviations: (0..<4).map { .normal(key.folded(2 + $0), count: count) })
    let model = BayesianModel(network: network, likelihood: .categorical, prior: GaussianPrior(scale: 1))
    let all: [any Posterior<Double>] = [radial, averages]
    for posterior in all {
      let moments = try #require(posterior.weightMoments(of: model))
      let (pruning, mean) = (Pruning(moments, network: network), moments.mean)
      var squares = Array(repeating: 0.0, count: count)
      let draws = 20_000
      for draw in 0..<draws {
        let sample = posterior.sample(draw, key: key)
        for i in 0..<count { squares[i] += (sample[i] - mean[i]) * (sample[i] - mean[i]) }
      }
      for i in 0..<count {
        let ratio = abs(mean[i]) / (squares[i] / Double(draws)).squareRoot()
        #expect(abs(pruning.signalToNoise[i] / ratio - 1) < 0.06)
      }
    }
  }

  @Test func whatDoesNotMatterCanGo() {
    // The second hidden unit is not read: its inputs and its bias do not matter.
    let first = network.affineLayers[0]
    let second = network.affineLayers[1]
    var mean = Vector<Double>.normal(RandomKey(seed: 8), count: network.parameterCount)
    for output in 0..<2 { mean[second.start + 2 + output] = 0 }
    let idle = [first.start + 1, first.start + 4, first.biases + 1, second.start + 2, second.start + 3]
    var scale = Vector<Double>(repeating: 0.01, count: mean.count)
    for index in idle { scale[index] = 1e6 }
    let pruning = Pruning(mean: mean, scale: scale, network: network)
    let mask = pruning.mask(fraction: Double(idle.count) / Double(mean.count))
    #expect(mask.isPruned.indices.filter { mask.isPruned[$0] } == idle.sorted())
    let model = BayesianModel(network: network, likelihood: .categorical, prior: GaussianPrior(scale: 1))
    let data: Examples<Double> = examples(.categorical, rows: 9, inputs: 2, outputs: 2)
    func outputs(_ posterior: any Posterior<Double>) -> [Double] {
      var result: [Double] = []
      MonteCarloPredictive(posterior, model: model).predict(data, samples: 1, key: RandomKey(seed: 0)) {
        _, outputs, _ in result = outputs
      }
      return result
    }
    #expect(outputs(PrunedPosterior(PointPosterior(mean), mask: mask)) == outputs(PointPosterior(mean)))
    let other = pruning.mask(fraction: 0.9)
    #expect(outputs(PrunedPosterior(PointPosterior(mean), mask: other)) != outputs(PointPosterior(mean)))
  }

  @Test func keptWeightsOfASampleStay() {
    let posterior = posterior()
    let mask = Pruning(posterior.weights, network: network).mask(fraction: 0.5)
    let pruned = PrunedPosterior(posterior, mask: mask)
    #expect(pruned.count == posterior.count && pruned.distinctSamples == nil)
    let key = RandomKey(seed: 1)
    let (whole, part) = (posterior.sample(4, key: key), pruned.sample(4, key: key))
    for index in 0..<whole.count { #expect(part[index] == (mask.isPruned[index] ? 0 : whole[index])) }
  }

  @Test func curve() throws {
    let posterior = posterior()
    let model = BayesianModel(network: network, likelihood: .categorical, prior: GaussianPrior(scale: 1))
    let data: Examples<Double> = examples(.categorical, rows: 30, inputs: 2, outputs: 2)
    let evaluation = Evaluation(samples: 7, key: RandomKey(seed: 2))
    let pruning = Pruning(posterior.weights, network: network)
    let curve = pruning.curve(
      fractions: [0, 0.3, 1], of: posterior, mean: posterior.weights.mean, model: model, data: data,
      evaluation: evaluation)
    let whole = PredictiveQuality(
      of: MonteCarloPredictive(posterior, model: model), data: data, evaluation: evaluation)
    #expect(curve.samples == 7 && curve.points[0].sampled == whole)
    #expect(curve.points[0].signalToNoise == nil && curve.points[0].pruned == 0)
    #expect(curve.points[0].mean != whole)
    // Without weights all classes are equally probable.
    #expect(abs(curve.points[2].mean.lppd + log(2)) < 1e-12 && abs(curve.points[2].sampled.lppd + log(2)) < 1e-12)
    for point in curve.points {
      #expect(point.layers.map(\.name) == ["layers.0", "layers.1"])
      #expect(point.layers.reduce(0) { $0 + $1.pruned } == point.pruned)
      #expect(point.layers.reduce(0) { $0 + $1.weights } == network.parameterCount)
    }
    let last = pruning.order[curve.points[1].pruned - 1]
    #expect(curve.points[1].signalToNoise == pruning.signalToNoise[last])
    #expect(curve.points[1].gravesRatio == Pruning.gravesRatio(signalToNoise: pruning.signalToNoise[last]))
    let decoded = try JSONDecoder().decode(PruningCurve.self, from: JSONEncoder().encode(curve))
    #expect(decoded == curve)
  }

  /// The likelihood's own parameters are never pruned, and convolutions are layers like any other.
  @Test func regressionOfImages() throws {
    let network = try Network(
      input: .image(height: 4, width: 4, channels: 1),
      layers: [.convolution(channels: 2, kernel: 3), .activation(.relu), .dense(units: 1)])
    let model = BayesianModel(
      network: network, likelihood: .gaussian(scale: 0.3, learned: true), prior: GaussianPrior(scale: 1))
    let posterior = VariationalPosterior<Float>(
      DiagonalGaussian(
        mean: .normal(RandomKey(seed: 1), count: network.parameterCount),
        rho: Vector(repeating: -3, count: network.parameterCount)), tail: Vector([log(0.3)]))
    let data: Examples<Float> = examples(model.likelihood, rows: 6, inputs: 16, outputs: 1)
    let point = Pruning(posterior.weights, network: network).point(
      fraction: 1, of: posterior, mean: Vector(posterior.weights.mean.array + [log(0.3)]), model: model, data: data,
      evaluation: Evaluation(samples: 3, key: RandomKey(seed: 2)))
    guard case .values(let targets) = data.targets else { return #expect(Bool(false), "no regression") }
    let square = targets.elements.doubles.reduce(0) { $0 + $1 * $1 } / 6
    #expect(abs(point.mean.error - square.squareRoot()) < 1e-6)
    let density = targets.elements.doubles.reduce(0) { $0 + Gaussian(scale: 0.3).logDensity($1) } / 6
    #expect(abs(point.sampled.lppd - density) < 1e-4)
  }
}
