import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct PointEstimateProblemTests {
  typealias Problem = PointEstimateProblem<Double>

  private static let network = Network(
    inputs: 3, hidden: [5, 4], outputs: 1, activation: .tanh, dropout: 0.2, inputDropout: 0.1)

  private static func problem(
    _ prior: Problem.PriorFamily, _ tuning: Set<Problem.Tunable>, network: Network = network, temperature: Double = 0.3
  ) -> Problem {
    Problem(
      network, .gaussian(scale: 0.5), prior: prior, tuning: tuning, temperature: temperature,
      training: smoothExamples(rows: 20, seed: 1), validation: smoothExamples(rows: 15, seed: 2))
  }

  private static let all: Set<Problem.Tunable> = [.noise, .dropout, .inputDropout, .inputNoise]

  @Test func hyperparametersAreInTheirOrder() {
    let everything = Self.problem(.gaussian(.layers), Self.all)
    #expect(
      everything.hyperparameterNames == [
        "log prior scale of layers.0", "log prior scale of layers.1", "log prior scale of layers.2", "log noise",
        "logit dropout", "logit input dropout", "log input noise",
      ])
    #expect(Problem.Tunable.allCases.map { everything.index(of: $0) } == [3, 4, 5, 6, nil])
    let some = Self.problem(.absent, [.inputNoise, .dropout])
    #expect(some.hyperparameterNames == ["logit dropout", "log input noise"])
    #expect(some.index(of: .dropout) == 0 && some.index(of: .inputNoise) == 1 && some.index(of: .noise) == nil)
    #expect(Self.problem(.gaussian(.global), []).hyperparameterNames == ["log prior scale"])
    let weights = Self.problem(.gaussian(.weights), [.inputDropout])
    #expect(weights.hyperparameterNames.count == Self.network.parameterCount + 1)
    for problem in [everything, some, weights] {
      #expect(problem.hyperparameterNames.count == problem.hyperparameterCount)
      #expect(problem.layers.last?.end == problem.weightCount)
    }
  }

  /// The special case has the names it is known by.
  @Test func regularizedNetworkTunesScalesAndLearnedNoise() {
    let data: Examples<Double> = smoothExamples(rows: 5, seed: 1)
    func names(_ learned: Bool) -> [String] {
      RegularizedNetworkProblem(
        Self.network, likelihood: .gaussian(scale: 1, learned: learned), grouping: .global, training: data,
        validation: data
      ).hyperparameterNames
    }
    #expect(names(false) == ["log prior scale"])
    #expect(names(true) == ["log prior scale", "log noise"])
  }

  @Test func derivativesAreThoseOfDifferences() {
    let priors: [Problem.PriorFamily] = [
      .absent, .fixed(LaplacePrior(scale: 0.7)), .gaussian(.global), .gaussian(.layers), .gaussian(.weights),
    ]
    for prior in priors {
      let problem = Self.problem(prior, Self.all)
      let weights = problem.initialWeights(key: RandomKey(seed: 3)).array
      let scales = Vector<Double>.normal(RandomKey(seed: 4), count: problem.scaleCount).array.map { 0.3 * $0 - 0.2 }
      let point = scales + [-0.6, -1.1, -1.6, -0.9]
      let (training, validation) = (BilevelLoss(.training, problem), BilevelLoss(.validation, problem))
      #expect(training.gradientError(at: weights, point) < 1e-6, "L, \(prior)")
      #expect(validation.gradientError(at: weights, point) < 1e-6, "Q, \(prior)")
      if case .gaussian(.weights) = prior { continue }
      #expect(training.mixedError(at: weights, point) < 1e-6, "second derivatives, \(prior)")
    }
  }

  /// L depends on every hyperparameter, and Q, which has neither dropout nor input noise nor prior, on the noise alone.
  @Test func validationDependsOnTheNoiseAlone() {
    let problem = Self.problem(.gaussian(.layers), Self.all)
    let weights = problem.initialWeights(key: RandomKey(seed: 3)).array
    let point = [0, 0, 0, -0.6, -1.1, -1.6, -0.9]
    #expect(BilevelLoss(.training, problem).independent(at: weights, point) == [])
    let validation = BilevelLoss(.validation, problem)
    #expect(validation.independent(at: weights, point) == [0, 1, 2, 4, 5, 6])
    #expect(validation.value(weights, point) == validation.value(weights, point, key: RandomKey(seed: 8)))
    #expect(problem.independentHyperparameters(around: point, key: RandomKey(seed: 5)) == [])
  }

  /// With nothing chosen but what does not matter, L is the loss of the ordinary training, masks included: of maximum
  /// likelihood, of maximum a posteriori and of Monte-Carlo dropout.
  @Test func lossIsThatOfTheOrdinaryTraining() {
    let plain = Network(inputs: 3, hidden: [5], outputs: 1, activation: .tanh)
    for (network, hasPrior) in [(plain, false), (plain, true), (Self.network, true)] {
      let prior = LaplacePrior(scale: 0.4)
      let problem = Self.problem(hasPrior ? .fixed(prior) : .absent, [.inputNoise], network: network)
      let weights = problem.initialWeights(key: RandomKey(seed: 3))
      let objective = PointEstimateObjective<Double>(
        BayesianModel(network: network, likelihood: .gaussian(scale: 0.5), prior: prior), hasPrior: hasPrior,
        maximumRows: 20)
      var gradient = Vector<Double>(count: weights.count)
      let key = RandomKey(seed: 6)
      let ordinary = objective.evaluate(
        problem.training, batchFraction: 1, parameters: weights, key: key, gradient: &gradient
      ).total
      let loss = BilevelLoss(.training, problem)
      #expect(abs(loss.value(weights.array, [-60], key: key) - ordinary) < 1e-10)
      #expect(abs(loss.value(weights.array, [-2], key: key) - ordinary) > 1e-4)
      guard network.hasDropout else { continue }
      // Cold masks at the network's own rates as well.
      let relaxed = BilevelLoss(
        .training,
        Self.problem(.fixed(prior), [.dropout, .inputDropout], temperature: 1e-7))
      #expect(abs(relaxed.value(weights.array, [log(0.25), -log(9)], key: key) - ordinary) < 1e-8)
    }
  }

  /// For a linear model the expected loss has a closed form: input noise adds s^2 |w|^2, dropout p / (1 - p) times the sum
  /// of (x_i w_i)^2, each times n / (2 noise^2).
  @Test func noiseOfTheInputsIsRidgeInTheMean() {
    let network = Network(inputs: 3, hidden: [], outputs: 1, inputDropout: 0.1)
    func problem(_ tuning: Set<Problem.Tunable>) -> Problem {
      Self.problem(.absent, tuning, network: network, temperature: 0.01)
    }
    let weights = [0.6, -0.4, 0.9, 0.1]
    let noiseless = BilevelLoss(.training, problem([.inputNoise, .inputDropout])).value(weights, [-60, -60])
    let inputs = problem([]).training.inputs
    let squares = (0..<inputs.rows).reduce(0.0) { sum, row in
      sum + (0..<3).reduce(0.0) { $0 + pow(inputs[row, $1] * weights[$1], 2) }
    }
    let norm = weights.prefix(3).reduce(0) { $0 + $1 * $1 }
    let dropped = BilevelLoss(.training, problem([.inputDropout])).mean(weights, [-log(4)], keys: 60_000)
    let expectedDropout = noiseless + 0.25 * squares / 0.5
    #expect(abs(dropped.mean - expectedDropout) < 4 * dropped.error + 0.02 * 0.25 * squares / 0.5)
    #expect(dropped.error < 0.02 * (expectedDropout - noiseless))
    let cold = BilevelLoss(.training, problem([.inputDropout, .inputNoise]))
    let noisy = cold.mean(weights, [-60, log(0.5)], keys: 60_000)
    let expectedNoise = noiseless + 0.25 * norm * Double(inputs.rows) / 0.5
    #expect(abs(noisy.mean - expectedNoise) < 4 * noisy.error, "\(noisy) and \(expectedNoise)")
    #expect(noisy.error < 0.02 * (expectedNoise - noiseless))
  }
}
