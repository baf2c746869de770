import Foundation
import GaussianProcesses
import Tensors
import Testing

private func process(
  _ count: Int = 30, seed: UInt64 = 7, _ theta: Hyperparameters = ModelReference.warped,
  kernel: StationaryKernel = .matern52
) throws -> GaussianProcess {
  try GaussianProcess(
    ModelReference.observations(count, seed: seed), features: ModelReference.features, kernel: kernel,
    hyperparameters: theta)
}

/// Two points with kernel value k = exp(-1/2) between them, noise 1/4, outcomes 1 and 2: with A = [5/4, k; k, 5/4],
/// A^-1 = [5/4, -k; -k, 5/4] / (25/16 - k^2).
@Test func twoPointsByHand() throws {
  let process = try GaussianProcess(
    Observations(points: Matrix([0.25, 0.75], rows: 2, columns: 1), outcomes: [1, 2]), features: [.number],
    kernel: .rbf,
    hyperparameters: Hyperparameters(lengthScales: [0.5], noiseVariance: 0.25))
  let k = exp(-0.5)
  let determinant = 25.0 / 16 - k * k
  let weights = [(1.25 - 2 * k) / determinant, (2.5 - k) / determinant]
  let c = exp(-0.125)  // both are half a length scale from the middle
  let posterior = process.posterior(at: Matrix([0.5, 0.25], rows: 2, columns: 1))
  #expect(abs(posterior.mean[0] - c * (weights[0] + weights[1])) < 1e-14)
  #expect(abs(posterior.variance[0] - (1 - c * c * 2 * (1.25 - k) / determinant)) < 1e-14)
  #expect(abs(posterior.mean[1] - (weights[0] + k * weights[1])) < 1e-14)
}

@Test(arguments: StationaryKernel.allCases)
func posteriorIsThatOfTheTextbook(kernel: StationaryKernel) throws {
  let others = ModelReference.points(300, seed: 8)
  let process = try process(kernel: kernel)
  let posterior = process.posterior(at: others)
  let expected = ModelReference.posterior(
    ModelReference.observations(30, seed: 7), at: others, ModelReference.features, ModelReference.warped,
    kernel: kernel)
  #expect(ModelReference.near(posterior.mean, expected.mean, 1e-11))
  #expect(ModelReference.near(posterior.variance, expected.variance, 1e-11))
  #expect(ModelReference.near(process.posteriorMean(at: others), expected.mean, 1e-11))
}

@Test(arguments: StationaryKernel.allCases)
func posteriorGradientsAreThoseOfCentralDifferences(kernel: StationaryKernel) throws {
  let process = try process(kernel: kernel)
  let points = ModelReference.points(12, seed: 9)
  let gradients = process.posteriorGradients(at: points)
  let posterior = process.posterior(at: points)
  #expect(ModelReference.near(gradients.mean, posterior.mean, 1e-12))
  #expect(ModelReference.near(gradients.variance, posterior.variance, 1e-12))
  for row in 0..<points.rows {
    for (column, feature) in ModelReference.features.enumerated() {
      let value = points[row, column]
      guard feature.isNumber, !value.isNaN else {
        #expect(gradients.meanGradient[row, column] == 0 && gradients.varianceGradient[row, column] == 0)
        continue
      }
      func moved(_ x: Double) -> Posterior {
        var other = points.selecting(rows: [row])
        other[0, column] = x
        return process.posterior(at: other)
      }
      let step = min(1e-3, value / 2, (1 - value) / 2)
      let mean = ModelReference.derivative(at: value, step: step) { moved($0).mean[0] }
      let variance = ModelReference.derivative(at: value, step: step) { moved($0).variance[0] }
      #expect(ModelReference.near(gradients.meanGradient[row, column], mean, 1e-6))
      #expect(ModelReference.near(gradients.varianceGradient[row, column], variance, 1e-6))
    }
  }
}

@Test func theJointPosteriorHasTheMarginalsAndTheTextbooksCovariance() throws {
  let process = try process()
  let points = ModelReference.points(20, seed: 10)
  let (mean, covariance) = process.jointPosterior(at: points)
  let posterior = process.posterior(at: points)
  #expect(ModelReference.near(mean, posterior.mean, 1e-12))
  #expect(ModelReference.near((0..<20).map { covariance[$0, $0] }, posterior.variance, 1e-12))
  let theta = ModelReference.warped
  let cross = ModelReference.covarianceMatrix(process.points, points, ModelReference.features, theta)
  let weights = ModelReference.solve(
    ModelReference.noisyCovariance(ModelReference.observations(30, seed: 7), ModelReference.features, theta), cross
  ).solution
  let prior = ModelReference.covarianceMatrix(points, points, ModelReference.features, theta)
  for i in 0..<20 {
    for j in 0..<20 {
      let expected = (0..<30).reduce(prior[i][j]) { $0 - cross[$1][i] * weights[$1][j] }
      #expect(ModelReference.near(covariance[i, j], expected, 1e-11))
    }
  }
}

@Test func coordinatesThatDoNotExistHaveNoInfluence() throws {
  let all = ModelReference.observations(40, seed: 11)
  let chosen = (0..<40).filter { all.points[$0, 3].isNaN }
  let outside = all.selecting(chosen)
  let full = try GaussianProcess(
    outside, features: ModelReference.features, hyperparameters: ModelReference.hyperparameters)
  // A process that does not know of the branch at all.
  func reduced(_ points: Matrix<Double>) -> Matrix<Double> {
    Matrix((0..<points.rows).flatMap { Array(ModelReference.row(points, $0)[0..<3]) }, rows: points.rows, columns: 3)
  }
  var theta = ModelReference.hyperparameters
  theta.lengthScales = Array(theta.lengthScales[0..<3])
  theta.inactiveDistances = Array(theta.inactiveDistances[0..<3])
  let small = try GaussianProcess(
    Observations(points: reduced(outside.points), outcomes: outside.outcomes, noise: outside.noise),
    features: Array(ModelReference.features[0..<3]), hyperparameters: theta)
  let (a, b) = (full.posterior(at: outside.points), small.posterior(at: reduced(outside.points)))
  #expect(ModelReference.near(a.mean, b.mean, 1e-12) && ModelReference.near(a.variance, b.variance, 1e-12))
}

@Test func leavingOneOutIsWhatBruteForceGives() throws {
  let observations = ModelReference.observations(20, seed: 12)
  let predictions = try process(20, seed: 12).leaveOneOut()
  for left in 0..<20 {
    let rest = observations.selecting((0..<20).filter { $0 != left })
    let expected = ModelReference.posterior(
      rest, at: observations.points.selecting(rows: [left]), ModelReference.features, ModelReference.warped)
    let variance = expected.variance[0] + observations.noise[left] + ModelReference.warped.noiseVariance
    let residual = observations.outcomes[left] - expected.mean[0]
    #expect(ModelReference.near(predictions.mean[left], expected.mean[0], 1e-10))
    #expect(ModelReference.near(predictions.variance[left], variance, 1e-10))
    let density = -0.5 * (residual * residual / variance + log(2 * Double.pi * variance))
    #expect(ModelReference.near(predictions.logDensity[left], density, 1e-10))
  }
}

@Test func withoutObservationsThePosteriorIsThePrior() throws {
  let process = try GaussianProcess(
    Observations(points: Matrix(rows: 0, columns: 6), outcomes: []), features: ModelReference.features,
    hyperparameters: ModelReference.warped)
  let points = ModelReference.points(5, seed: 13)
  let gradients = process.posteriorGradients(at: points)
  #expect(gradients.mean == Array(repeating: 0.3, count: 5) && gradients.variance == Array(repeating: 1.7, count: 5))
  #expect(gradients.meanGradient.elements.array.allSatisfy { $0 == 0 })
  #expect(process.leaveOneOut().mean.isEmpty)
}

@Test func solvingUndoesTheCovariance() throws {
  let process = try process(15)
  let k = ModelReference.noisyCovariance(
    ModelReference.observations(15, seed: 7), ModelReference.features, ModelReference.warped)
  let b = Matrix(ModelReference.normals(45, seed: 14), rows: 15, columns: 3)
  let product = Matrix(k.flatMap { $0 }, rows: 15, columns: 15).multiplied(by: process.solve(b))
  #expect(ModelReference.near(product.elements.array, b.elements.array, 1e-10))
}
