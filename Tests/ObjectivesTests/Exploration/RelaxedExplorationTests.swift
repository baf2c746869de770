import Foundation
import Objectives
import StudyModel
import Testing

/// Runs that choose between listed values within one training.
@Suite struct RelaxedExplorationTests: ExplorationRunning {
  private func configuration(epochs: Int = 400) -> SweepConfiguration {
    var result = sine(samples: 20)
    result.data?.points = 120
    result.model.hidden = [2]
    result.model.likelihood.scale = 0.1
    result.training.learningRate = 0.02
    result.training.epochs = epochs
    result.objective.metric = "elbo"
    result.strategy.kind = .gradient
    result.strategy.relax = true
    return result
  }

  /// One unit cannot follow a sine of two and a half waves, ten can.
  @Test func theWidthThatTheDataNeeds() throws {
    let configuration = configuration()
    let widths: [JSONValue] = [[1], [10]]
    let survey = try explore(configuration, choices: [.init("model.hidden", widths)])
    let trained = try widths.map { value in
      var own = configuration
      own.model.hidden = value.array?.compactMap(\.int) ?? []
      return try run(own)["elbo"] ?? .nan
    }
    #expect(trained[1] > trained[0] + 20, "\(trained)")
    #expect(survey.probabilities.count == 1 && survey.probabilities[0][1] > 0.8, "\(survey.probabilities)")
    #expect(survey.surface.isEmpty && survey.optimum.mean > trained[0])
  }

  @Test func severalChoicesInTheOrderOfTheSpace() throws {
    let survey = try explore(
      configuration(epochs: 20),
      choices: [
        .init("inference.prior.kind", ["gaussian", "laplace", "scale-mixture"]), .init("model.hidden", [[2], [4]]),
        .init("model.activation", ["relu", "tanh"]),
      ])
    #expect(survey.probabilities.map(\.count) == [3, 2, 2])
    for choice in survey.probabilities { #expect(abs(choice.reduce(0, +) - 1) < 1e-6) }
  }

  @Test func stoppedAndResumed() throws {
    let choices = [Exploration.Choice("model.activation", ["relu", "tanh"])]
    try resumes(configuration(epochs: 20), choices: choices, stop: 40)
  }

  @Test func whatCannotBeRelaxedIsSaid() throws {
    let error = #expect(throws: (any Error).self) {
      try explore(configuration(epochs: 2), choices: [.init("inference.prior.kind", ["gaussian", "graves"])])
    }
    #expect(error.map { "\($0)" }?.contains("cannot be relaxed; it has to be searched by trials") ?? false)
    var held = configuration(epochs: 2)
    held.objective.metric = "lppd"
    let prior = #expect(throws: (any Error).self) {
      try explore(held, choices: [.init("inference.prior.kind", ["gaussian", "laplace"])])
    }
    #expect(prior.map { "\($0)" }?.contains("strategy.relax") ?? false)
  }
}
