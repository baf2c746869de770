import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Where the model is linear, Laplace's approximation is exact.
@Suite struct LaplaceOfLinearModels {
  /// The polynomials of the evidence example as a network with a bias, at the exact posterior's mean.
  func posterior(
    degree: Int, _ curvature: LaplaceApproximation.Curvature, priorScale: Double = 1
  ) throws -> (LaplacePosterior<Double>, BayesianLinearModel) {
    let exact = try polynomialModel(degree: degree)
    // The bias is the feature 1; a constant needs one input all the same, which is 0.
    let inputs = max(1, degree)
    let network = Network(inputs: inputs, hidden: [], outputs: 1)
    let features = (0..<20).flatMap { row in
      degree == 0 ? [0] : (1...degree).map { exact.features[row, $0] }
    }
    let mode = (degree == 0 ? [0] : (1...degree).map { exact.mean[$0] }) + [exact.mean[0]]
    let data = Examples(
      inputs: Matrix(features, rows: 20, columns: inputs),
      targets: .values(Matrix(exact.targets, rows: 20, columns: 1)))
    let model = BayesianModel(
      network: network, likelihood: .gaussian(scale: 0.1), prior: GaussianPrior(scale: priorScale))
    return (
      try LaplacePosterior(model: model, mode: Vector(mode), data: data, curvature: curvature), exact
    )
  }

  @Test(arguments: [LaplaceApproximation.Curvature.full, .hessian, .kronecker])
  func theEvidence(_ curvature: LaplaceApproximation.Curvature) throws {
    for degree in 0...9 {
      let (laplace, exact) = try posterior(degree: degree, curvature)
      #expect(abs(laplace.logEvidence - goldenLogEvidence[degree]) < 1e-10, "degree \(degree)")
      #expect(abs(laplace.logEvidence - exact.logEvidence) < 1e-10, "degree \(degree)")
    }
  }

  /// From anywhere: the exact posterior's mean; and nothing for models that are not linear.
  @Test(arguments: [0, 1, 4, 9]) func theMaximum(degree: Int) throws {
    let exact = try polynomialModel(degree: degree)
    let inputs = max(1, degree)
    let features = (0..<20).flatMap { row in degree == 0 ? [0] : (1...degree).map { exact.features[row, $0] } }
    let data = Examples(
      inputs: Matrix(features, rows: 20, columns: inputs),
      targets: .values(Matrix(exact.targets, rows: 20, columns: 1)))
    func maximum(_ network: Network, learned: Bool = false) -> Vector<Double>? {
      let model = BayesianModel(
        network: network, likelihood: .gaussian(scale: 0.1, learned: learned), prior: GaussianPrior(scale: 1))
      var start = Vector<Double>(repeating: 3, count: model.parameterCount)
      if learned { start[model.parameterCount - 1] = log(0.1) }
      return model.linearMaximum(near: start, data: data)
    }
    let expected = (degree == 0 ? [0] : (1...degree).map { exact.mean[$0] }) + [exact.mean[0]]
    let found = try #require(maximum(Network(inputs: inputs, hidden: [], outputs: 1)))
    #expect(difference(found.array, expected) < 1e-9)
    let learned = try #require(maximum(Network(inputs: inputs, hidden: [], outputs: 1), learned: true))
    #expect(difference(learned.array, expected + [log(0.1)]) < 1e-9)
    #expect(maximum(Network(inputs: inputs, hidden: [2], outputs: 1)) == nil)
  }

  /// The diagonal falls short by what mean-field inference falls short by.
  @Test func theEvidenceOfTheDiagonal() throws {
    for degree in 1...9 {
      let (laplace, exact) = try posterior(degree: degree, .diagonal)
      #expect(abs(laplace.logEvidence - exact.logEvidence + exact.meanField.gap) < 1e-10)
    }
  }

  @Test(arguments: [LaplaceApproximation.Curvature.full, .hessian, .kronecker])
  func thePredictive(_ curvature: LaplaceApproximation.Curvature) throws {
    let (laplace, exact) = try posterior(degree: 4, curvature)
    let x = [-2.0, -0.3, 0.1, 1.7]
    let features = Matrix(x.flatMap { x in (0...4).map { pow(x, Double($0)) } }, rows: 4, columns: 5)
    let inputs = Matrix(x.flatMap { x in (1...4).map { pow(x, Double($0)) } }, rows: 4, columns: 4)
    let found = laplace.outputs(of: inputs).targets(noise: 0.1)
    for (found, expected) in zip(found, exact.predictive(features)) {
      #expect(abs(found.mean - expected.mean) < 1e-11)
      #expect(abs(found.scale - expected.scale) < 1e-11 * expected.scale)
    }
  }

  @Test func theVariancesOfTheWeights() throws {
    let (laplace, exact) = try posterior(degree: 3, .kronecker)
    let covariance = exact.covariance
    #expect(difference(laplace.variances, [1, 2, 3, 0].map { covariance[$0, $0] }) < 1e-11)
    #expect(abs(laplace.logDeterminant - exact.factor.logDeterminant) < 1e-10)
  }

  /// Another precision of the prior, without another measurement, is what a measurement with that prior gives.
  @Test(arguments: LaplaceApproximation.Curvature.allCases)
  func anotherPriorPrecision(_ curvature: LaplaceApproximation.Curvature) throws {
    let (wide, _) = try posterior(degree: 3, curvature)
    let (narrow, _) = try posterior(degree: 3, curvature, priorScale: 0.5)
    let changed = try wide.with(priorPrecisions: [4])
    #expect(abs(changed.logEvidence - narrow.logEvidence) < 1e-11)
    #expect(difference(changed.variances, narrow.variances) < 1e-12)
  }

  /// Tuning and going to the new mode by turns ends at the maximum of the exact evidence.
  @Test(arguments: [LaplaceApproximation.Curvature.full, .kronecker])
  func tuningByTurns(_ curvature: LaplaceApproximation.Curvature) throws {
    let example = try polynomialModel(degree: 3)
    let features = (0..<20).flatMap { row in (1...3).map { example.features[row, $0] } }
    let data = Examples(
      inputs: Matrix(features, rows: 20, columns: 3), targets: .values(Matrix(example.targets, rows: 20, columns: 1)))
    var model = BayesianModel(
      network: Network(inputs: 3, hidden: [], outputs: 1), likelihood: .gaussian(scale: 1, learned: true),
      prior: GaussianPrior(scale: 1))
    var (alpha, beta) = (1.0, 1.0)
    for _ in 0..<100 {
      let exact = try BayesianLinearModel(
        features: example.features, targets: example.targets.array, priorPrecision: alpha, noisePrecision: beta)
      let mode = [1, 2, 3, 0].map { exact.mean[$0] } + [-0.5 * log(beta)]
      let tuned = try LaplacePosterior(model: model, mode: Vector(mode), data: data, curvature: curvature)
        .tuned(noise: true)
      model = try #require(tuned.tunedModel)
      guard case .layers(let values) = tuned.priorPrecision, let noise = tuned.noise else { return }
      (alpha, beta) = (values[0], 1 / (noise * noise))
    }
    let gradient = try BayesianLinearModel(
      features: example.features, targets: example.targets.array, priorPrecision: alpha, noisePrecision: beta
    ).logEvidenceGradient
    #expect(abs(gradient.logPriorPrecision) < 1e-6 && abs(gradient.logNoisePrecision) < 1e-6)
    #expect(abs(alpha - 1) > 0.1 && abs(beta - 100) > 1)
  }
}
