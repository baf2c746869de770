import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct BayesianLinearModelTests {
  @Test(arguments: 0...9) func evidenceByThreeRoutes(degree: Int) throws {
    let model = try polynomialModel(degree: degree)
    // The golden numbers have ten decimals.
    #expect(abs(model.logEvidence - goldenLogEvidence[degree]) < 1.1e-10)
    let functions = try model.functionSpaceLogEvidence()
    #expect(abs(functions - model.logEvidence) < 1e-10)
    #expect(abs(model.prequentialTerms().reduce(0, +) - model.logEvidence) < 1e-10)
    let shuffled = model.prequentialTerms(order: RandomKey(seed: 2).permutation(20))
    #expect(abs(shuffled.reduce(0, +) - model.logEvidence) < 1e-10)
    #expect(shuffled != model.prequentialTerms())
  }

  @Test(arguments: 0...9) func leaveOneOut(degree: Int) throws {
    let model = try polynomialModel(degree: degree)
    let fast = model.leaveOneOut
    #expect(abs(fast.total.value - goldenLeaveOneOut[degree]) < 1.1e-10)
    // The closed form against twenty trainings.
    let slow = try CrossValidation.leaveOneOut(count: 20).score { try model.logDensities(of: $1, given: $0) }
    for (a, b) in zip(fast.pointwise, slow.density.pointwise) { #expect(abs(a - b) < 1e-10) }
    #expect(abs(slow.quality.value - fast.total.value) < 1e-9)
  }

  /// Evidence chooses a line, leave-one-out a parabola.
  @Test func choices() throws {
    let models = try (0...9).map(polynomialModel)
    #expect(models.indices.max { models[$0].logEvidence < models[$1].logEvidence } == 1)
    #expect(models.indices.max { models[$0].leaveOneOut.total.value < models[$1].leaveOneOut.total.value } == 2)
  }

  @Test(arguments: [0, 3, 9]) func meanField(degree: Int) throws {
    let model = try polynomialModel(degree: degree)
    let field = model.meanField
    #expect(field.precision == (0...degree).map { model.precision[$0, $0] })
    #expect(abs(model.logEvidence - field.lowerBound.value - field.gap) < 1e-9)
    #expect(degree == 0 ? abs(field.gap) < 1e-12 : field.gap > 0.1)
    // The bound's parts from one-dimensional formulas.
    let divergence = (0...degree).reduce(0) {
      $0 + Gaussian(mean: model.mean[$1], scale: 1 / field.precision[$1].squareRoot()).divergence(from: Gaussian())
    }
    #expect(abs(divergence - field.lowerBound.complexity) < 1e-9)
  }

  /// The derivatives by central differences.
  @Test func evidenceGradient() throws {
    func evidence(_ logPrior: Double, _ logNoise: Double) throws -> Double {
      let base = try polynomialModel(degree: 4)
      return try BayesianLinearModel(
        features: base.features, targets: base.targets.array, priorPrecision: exp(logPrior),
        noisePrecision: exp(logNoise)
      ).logEvidence
    }
    let (a, b, h) = (0.3, 4.1, 1e-4)
    let base = try polynomialModel(degree: 4)
    let gradient = try BayesianLinearModel(
      features: base.features, targets: base.targets.array, priorPrecision: exp(a), noisePrecision: exp(b)
    ).logEvidenceGradient
    let byPrior = try (evidence(a + h, b) - evidence(a - h, b)) / (2 * h)
    let byNoise = try (evidence(a, b + h) - evidence(a, b - h)) / (2 * h)
    #expect(abs(gradient.logPriorPrecision - byPrior) < 1e-6)
    #expect(abs(gradient.logNoisePrecision - byNoise) < 1e-6)
  }

  @Test func samplesHaveThePosteriorsMoments() throws {
    let model = try polynomialModel(degree: 2)
    let count = 40_000
    let samples = model.samples(count, key: RandomKey(seed: 6))
    let covariance = model.covariance
    for i in 0..<3 {
      let mean = (0..<count).reduce(0) { $0 + samples[$1, i] } / Double(count)
      #expect(abs(mean - model.mean[i]) < 4 * (covariance[i, i] / Double(count)).squareRoot())
      for j in 0..<3 {
        let product = (0..<count).reduce(0) {
          $0 + (samples[$1, i] - model.mean[i]) * (samples[$1, j] - model.mean[j])
        }
        let scale = (covariance[i, i] * covariance[j, j]).squareRoot()
        #expect(abs(product / Double(count) - covariance[i, j]) < 0.03 * scale)
      }
    }
  }

  @Test func likelihoodAndGradient() throws {
    let model = try polynomialModel(degree: 2)
    let weights = Vector<Double>([0.1, 0.4, -0.2])
    var gradient = Vector<Double>(count: 3)
    let value = model.logLikelihood(weights.unsafePointer, gradient: gradient.unsafeMutablePointer())
    #expect(abs(value - model.pointwiseLogLikelihood(weights).reduce(0, +)) < 1e-9)
    for i in 0..<3 {
      var (up, down, unused) = (weights, weights, Vector<Double>(count: 3))
      up[i] += 1e-5
      down[i] -= 1e-5
      let difference =
        model.logLikelihood(up.unsafePointer, gradient: unused.unsafeMutablePointer())
        - model.logLikelihood(down.unsafePointer, gradient: unused.unsafeMutablePointer())
      #expect(abs(gradient[i] - difference / 2e-5) < 1e-4)
    }
  }

  @Test func predictionsHoldTheNoiseOrNot() throws {
    let model = try polynomialModel(degree: 1)
    let inputs = Matrix<Double>([1, 0.5], rows: 1, columns: 2)
    let (with, without) = (model.predictive(inputs)[0], model.predictive(inputs, noise: false)[0])
    let c = model.covariance
    let variance = c[0, 0] + c[0, 1] + 0.25 * c[1, 1]
    #expect(abs(without.scale * without.scale - variance) < 1e-14)
    #expect(abs(with.scale * with.scale - variance - 0.01) < 1e-14)
    #expect(abs(with.mean - model.mean[0] - 0.5 * model.mean[1]) < 1e-14)
  }

  /// Without rows the posterior is the prior, and a block's density is the evidence of the block.
  @Test func withoutRows() throws {
    let model = try polynomialModel(degree: 3)
    let empty = try model.selecting(rows: [])
    #expect(empty.mean.array == [0, 0, 0, 0] && empty.logEvidence == 0)
    #expect(try empty.functionSpaceLogEvidence() == 0)
    #expect(try abs(model.logDensity(ofBlock: Array(0..<20), given: []) - model.logEvidence) < 1e-12)
  }

  @Test func featuresThatAreNotFinite() {
    #expect(throws: LinearAlgebraError.self) {
      try BayesianLinearModel(
        features: Matrix([1, .nan], rows: 2, columns: 1), targets: [1, 2], priorPrecision: 1, noisePrecision: 1)
    }
  }
}
