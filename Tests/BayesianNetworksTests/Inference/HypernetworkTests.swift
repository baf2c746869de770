import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct HypernetworkTests {
  /// Weights that are made for a row are those of a sample: the two ways to the outputs agree.
  @Test func individualAndSharedWeightsAgreeForOneRow() {
    let model = ObjectiveTests.model(.gaussian(scale: 0.5))
    let data: Examples<Double> = examples(model.likelihood, rows: 1, inputs: 3, outputs: 2)
    var values: [(Double, [Double])] = []
    for sharesSamples in [false, true] {
      let method = Hypernetwork(hidden: [4, 3], dropout: 0, samples: 5, sharesSamples: sharesSamples)
      let objective = ImplicitObjective<Double>(model, method: method, maximumRows: 1)
      let parameters = objective.initialParameters(key: RandomKey(seed: 1))
      var gradient = Vector<Double>(count: parameters.count)
      let loss = objective.evaluate(
        data, batchFraction: 1, parameters: parameters, key: RandomKey(seed: 2), gradient: &gradient)
      values.append((loss.total, gradient.array))
    }
    #expect(abs(values[0].0 - values[1].0) < 1e-12 * abs(values[0].0))
    for (x, y) in zip(values[0].1, values[1].1) { #expect(abs(x - y) < 1e-10 * max(1, abs(y))) }
  }

  /// The posterior's samples have the variance of the initialisation, dropout included.
  @Test(arguments: [0, 0.5]) func weightsStartWithTheVarianceOfTheFanIn(dropout: Double) {
    let model = BayesianModel(
      network: Network(inputs: 20, hidden: [40], outputs: 1), likelihood: .gaussian(scale: 1), prior: GaussianPrior())
    let method = Hypernetwork(hidden: [100, 50], dropout: dropout)
    let objective = ImplicitObjective<Double>(model, method: method, maximumRows: 1)
    let posterior = ImplicitPosterior(
      objective.initialParameters(key: RandomKey(seed: 1)), layout: objective.layout)
    var square = 0.0
    for index in 0..<200 {
      let weights = posterior.sample(index, key: RandomKey(seed: 2)).array
      square += weights[0..<800].reduce(0) { $0 + $1 * $1 } / 800 / 200
    }
    // Without dropout in the samples, hidden units are smaller by (1 - rate) in the square and layer.
    let expected = 2.0 / 20 * pow(1 - dropout, 2)
    #expect(square > 0.6 * expected && square < 1.6 * expected, "\(square) against \(expected)")
  }

  /// Targets of two modes: a mixture explains them, which one set of weights cannot. The log mean exp finds it; under
  /// Jensen's bound the weights collapse to the mean.
  @Test func logMeanExpKeepsASpread() throws {
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.3), prior: GaussianPrior())
    let data = Examples<Double>(
      inputs: Matrix((0..<40).map { -1 + Double($0) / 20 }, rows: 40, columns: 1),
      targets: .values(Matrix((0..<40).map { $0 % 2 == 0 ? 1 : -1 }, rows: 40, columns: 1)))
    var spreads: [Hypernetwork.Objective: Double] = [:]
    for objective in Hypernetwork.Objective.allCases {
      let method = Hypernetwork(hidden: [16, 8], inputs: 4, dropout: 0, objective: objective, samples: 20)
      let state = try MethodTests.finalState(
        method, model, data: data, rate: 0.01, steps: 1500, schedule: .cosine(steps: 1500), batchSize: 20)
      let posterior = try method.posterior(of: state, model: model, data: data, key: RandomKey(seed: 4))
      spreads[objective] = MethodTests.moments(posterior, samples: 500).spread[1]
    }
    #expect(try #require(spreads[.logMeanExp]) > 0.7, "\(spreads)")
    #expect(try #require(spreads[.jensen]) < 0.2, "\(spreads)")
  }

  /// Convolutions go another way to the same function: each row's weights are those of its noise.
  @Test func convolutionsAreGeneratedToo() throws {
    let network = try Network(
      input: .image(height: 5, width: 5, channels: 1),
      layers: [.convolution(channels: 2, kernel: 3), .activation(.tanh), .dense(units: 2)])
    let model = BayesianModel(network: network, likelihood: .gaussian(scale: 1), prior: GaussianPrior())
    let data: Examples<Double> = examples(model.likelihood, rows: 1, inputs: 25, outputs: 2)
    var totals: [Double] = []
    for sharesSamples in [false, true] {
      let method = Hypernetwork(hidden: [3], dropout: 0, samples: 3, sharesSamples: sharesSamples)
      let objective = ImplicitObjective<Double>(model, method: method, maximumRows: 1)
      checkDerivatives(objective, data: data, "a generated convolution")
      let parameters = objective.initialParameters(key: RandomKey(seed: 1))
      var gradient = Vector<Double>(count: parameters.count)
      totals.append(
        objective.evaluate(
          data, batchFraction: 1, parameters: parameters, key: RandomKey(seed: 2), gradient: &gradient
        ).total)
    }
    #expect(abs(totals[0] - totals[1]) < 1e-12 * abs(totals[0]))
  }
}
