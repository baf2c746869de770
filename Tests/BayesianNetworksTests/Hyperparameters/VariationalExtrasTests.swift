import BayesianNetworks
import Foundation
import Tensors
import Testing

/// Temperature and input noise of variational inference.
@Suite struct VariationalExtrasTests {
  typealias Problem = VariationalProblem<Double>

  private static func problem(
    hidden: [Int] = [4], noise: Bool = false, temperature: Bool = false, inputNoise: Bool = false, samples: Int = 1,
    isEvidence: Bool = false
  ) -> Problem {
    let training: Examples<Double> = smoothExamples(rows: 14, seed: 1)
    return Problem(
      Network(inputs: 3, hidden: hidden, outputs: 1, activation: .tanh), .gaussian(scale: 0.5),
      prior: .gaussian(.layers), tunesNoise: noise, tunesTemperature: temperature, tunesInputNoise: inputNoise,
      samples: samples, objective: isEvidence ? .evidence : .validation(training),
      initialization: .init(mean: 0.5, rhoLow: -2, rhoHigh: -1), training: training)
  }

  private static func weights(_ problem: Problem) -> [Double] { problem.initialWeights(key: RandomKey(seed: 3)).array }

  @Test func hyperparametersAreInTheirOrder() {
    let all = Self.problem(noise: true, temperature: true, inputNoise: true)
    #expect(
      all.hyperparameterNames == [
        "log prior scale of layers.0", "log prior scale of layers.1", "log noise", "log temperature", "log input noise",
      ])
    #expect(all.hyperparameterCount == 5)
    #expect(Self.problem(temperature: true).hyperparameterNames.last == "log temperature")
    #expect(Self.problem(inputNoise: true, isEvidence: true).hyperparameterNames.last == "log input noise")
    #expect(Self.problem().hyperparameterCount == 2)
  }

  @Test(arguments: [1, 2]) func derivativesAreThoseOfDifferences(samples: Int) {
    let problem = Self.problem(noise: true, temperature: true, inputNoise: true, samples: samples)
    let point = [-0.3, 0.1, -0.7, -0.4, -0.8]
    let training = BilevelLoss(.training, problem)
    let validation = BilevelLoss(.validation, problem)
    #expect(training.gradientError(at: Self.weights(problem), point) < 1e-6)
    #expect(training.mixedError(at: Self.weights(problem), point) < 1e-6)
    #expect(validation.gradientError(at: Self.weights(problem), point) < 1e-6)
    #expect(training.independent(at: Self.weights(problem), point) == [])
    #expect(validation.independent(at: Self.weights(problem), point) == [0, 1, 3, 4])
  }

  /// L = misfit + T KL, with Q of the training examples as the misfit of the same noise.
  @Test func temperatureWeighsTheDivergence() {
    let (base, tempered) = (Self.problem(), Self.problem(temperature: true))
    let weights = Self.weights(base)
    let scales = [-0.3, 0.1]
    let misfit = BilevelLoss(.validation, base).value(weights, scales)
    let divergence = BilevelLoss(.training, base).value(weights, scales) - misfit
    let loss = BilevelLoss(.training, tempered)
    #expect(divergence > 1)
    for temperature in [0.1, 1, 3] {
      let value = loss.value(weights, scales + [log(temperature)])
      #expect(abs(value - misfit - temperature * divergence) < 1e-10)
    }
  }

  /// For a linear model input noise adds n s^2 (|mean|^2 + |deviation|^2) / (2 noise^2) in the mean, without that of the
  /// bias. An evidence has it as well, a loss of other examples has not.
  @Test func inputNoiseIsRidgeInTheMean() {
    let problem = Self.problem(hidden: [], inputNoise: true, isEvidence: true)
    let weights = Self.weights(problem)
    let deviations = weights.suffix(4).map { log1p(exp($0)) }
    let norm = (0..<3).reduce(0.0) { $0 + weights[$1] * weights[$1] + deviations[$1] * deviations[$1] }
    let loss = BilevelLoss(.training, problem)
    let noiseless = loss.value(weights, [-0.3, -60])
    let added = 0.25 * norm * Double(problem.training.count) / 0.5
    let noisy = loss.mean(weights, [-0.3, log(0.5)], keys: 60_000)
    #expect(abs(noisy.mean - noiseless - added) < 4 * noisy.error, "\(noisy), \(noiseless) and \(added)")
    #expect(noisy.error < 0.02 * added)
    let evidence = BilevelLoss(.validation, problem)
    #expect(evidence.value(weights, [-0.3, log(0.5)]) == loss.value(weights, [-0.3, log(0.5)]))
    let other = BilevelLoss(.validation, Self.problem(hidden: [], inputNoise: true))
    #expect(other.value(weights, [-0.3, log(0.5)]) == other.value(weights, [-0.3, -60]))
  }
}
