import Foundation
import GaussianProcesses
import Tensors
import Testing

private func parameters(warped: Bool) -> HyperparameterVector {
  HyperparameterVector(
    ModelReference.features, priors: HyperparameterPriors(dimension: 5), isWarped: warped)
}

private func theta(warped: Bool) -> Hyperparameters {
  warped ? ModelReference.warped : ModelReference.hyperparameters
}

@Test(arguments: StationaryKernel.allCases, [false, true])
func marginalLikelihoodIsTheDenseGaussianDensity(kernel: StationaryKernel, warped: Bool) throws {
  let observations = ModelReference.observations(25, seed: 3)
  let parameters = parameters(warped: warped)
  var likelihood = MarginalLikelihood(observations, kernel: kernel, parameters: parameters)
  var gradient = Array(repeating: 0.0, count: parameters.elements.count)
  var hyperparameters = theta(warped: warped)
  let vector = parameters.vector(hyperparameters)
  let value = likelihood(vector, gradient: &gradient)

  var ignored = gradient
  let mean = likelihood.mean(vector)
  hyperparameters.mean = try #require(mean)
  let expected =
    ModelReference.logMarginalLikelihood(observations, ModelReference.features, hyperparameters, kernel: kernel)
    - 0.5 * hyperparameters.mean * hyperparameters.mean + parameters.logPrior(vector, gradient: &ignored)
  #expect(ModelReference.near(value, expected, 1e-10))

  // The mean is the best one: it lies between worse ones.
  for shift in [-1e-3, 1e-3] {
    var shifted = hyperparameters
    shifted.mean += shift
    let other =
      ModelReference.logMarginalLikelihood(observations, ModelReference.features, shifted, kernel: kernel)
      - 0.5 * shifted.mean * shifted.mean + parameters.logPrior(vector, gradient: &ignored)
    #expect(other < expected)
  }
}

@Test(arguments: StationaryKernel.allCases, [false, true])
func gradientsOfAllHyperparametersAreThoseOfCentralDifferences(kernel: StationaryKernel, warped: Bool) {
  let parameters = parameters(warped: warped)
  let count = parameters.elements.count
  #expect(count == (warped ? 18 : 10))
  var likelihood = MarginalLikelihood(
    ModelReference.observations(30, seed: 4), kernel: kernel, parameters: parameters)
  let vector = parameters.vector(theta(warped: warped))
  var gradient = Array(repeating: 0.0, count: count)
  _ = likelihood(vector, gradient: &gradient)
  for index in 0..<count {
    var ignored = gradient
    let expected = ModelReference.derivative(at: vector[index]) { value in
      var moved = vector
      moved[index] = value
      return likelihood(moved, gradient: &ignored)
    }
    #expect(
      ModelReference.near(gradient[index], expected, 1e-7), "\(parameters.elements[index]), \(kernel), \(warped)")
  }
}

@Test func gradientsHoldWithoutSignalAndNoiseVarianceToo() {
  var priors = HyperparameterPriors(dimension: 1)
  priors.signalVariance = nil
  priors.noiseVariance = nil
  let parameters = HyperparameterVector([.number], priors: priors, isWarped: false)
  #expect(parameters.elements == [.lengthScale(0)])
  let observations = Observations(
    points: Matrix([0.1, 0.4, 0.8], rows: 3, columns: 1), outcomes: [1, -0.5, 0.2], noise: [0.1, 0.2, 0.1])
  var likelihood = MarginalLikelihood(observations, kernel: .matern52, parameters: parameters)
  var (gradient, ignored) = ([0.0], [0.0])
  _ = likelihood([-1], gradient: &gradient)
  let expected = ModelReference.derivative(at: -1) { likelihood([$0], gradient: &ignored) }
  #expect(ModelReference.near(gradient[0], expected, 1e-8))
}

@Test func hyperparametersSurviveTheWayThroughTheirVector() {
  let parameters = parameters(warped: true)
  let vector = parameters.vector(ModelReference.warped)
  #expect(ModelReference.near(parameters.vector(parameters.hyperparameters(vector)), vector, 1e-14))
}

@Test func aLogNormalPriorHasItsModeWhereItIsSaidToBe() {
  let prior = HyperparameterPriors(dimension: 6).lengthScale
  // exp(sqrt 2 + log(6) / 2 - 3)
  #expect(abs(prior.mode - 0.501_622_866_8) < 1e-9)
  #expect(LogNormalPrior(mode: 3, scale: 2).mode.rounded(.toNearestOrEven) == 3)
}
