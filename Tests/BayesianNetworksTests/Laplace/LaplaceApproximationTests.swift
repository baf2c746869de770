import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct LaplaceApproximationTests {
  /// A mixture with all weight on one component is a Gaussian: its curvature too.
  @Test(arguments: [0.0, 1]) func aMixtureOfOneComponent(weight: Double) throws {
    let network = Network(inputs: 2, hidden: [], outputs: 2)
    func posterior(_ prior: any Prior) throws -> LaplacePosterior<Double> {
      try LaplaceCase("one component", network, .categorical, prior: prior).posterior(.kronecker)
    }
    let found = try posterior(ScaleMixturePrior(weight: weight, wide: 1, narrow: 0.3)).logEvidence
    let expected = try posterior(GaussianPrior(scale: weight == 1 ? 1 : 0.3)).logEvidence
    #expect(abs(found - expected) < 1e-10 * abs(expected), "\(found), \(expected)")
  }

  /// From a training to predictions.
  @Test func asAMethod() throws {
    let likelihood = Likelihood.gaussian(scale: 0.5, learned: true)
    let model = BayesianModel(
      network: Network(inputs: 2, hidden: [6], outputs: 1, activation: .tanh), likelihood: likelihood,
      prior: GaussianPrior(scale: 1))
    let data: Examples<Float> = examples(likelihood, rows: 60, inputs: 2, outputs: 1)
    for predictive in LaplaceApproximation.Predictive.allCases {
      let method = LaplaceApproximation(predictive: predictive, tunesPrior: true, tunesNoise: true)
      let trainer = try Trainer<Float>(
        method.objective(model, initialization: PosteriorInitialization(means: .fanIn), maximumRows: 60),
        settings: TrainingSettings(optimizer: Adam(learningRate: 0.01), batchSize: 30, steps: 300), data: data,
        key: RandomKey(seed: 5))
      while !trainer.isFinished { try trainer.step() }
      let posterior: any Posterior<Float> = try method.posterior(
        of: trainer.state, model: model, data: data, key: RandomKey(seed: 6))
      #expect(posterior.count == model.parameterCount && posterior.distinctSamples == nil)
      let outputs = (posterior as? any OutputPosterior<Float>)?.outputs(of: data.inputs)
      #expect((outputs != nil) == (predictive == .linearized))
      #expect(outputs?.covariances.elements.array.allSatisfy { $0 > 0 && $0.isFinite } ?? true)
      let evidence = try #require((posterior as? any EvidencePosterior<Float>)?.logEvidence)
      #expect(evidence.isFinite && evidence < 0)
    }
  }

  @Test func priorsWithAndWithoutCurvature() throws {
    let network = Network(inputs: 2, hidden: [3], outputs: 2, activation: .tanh)
    let kinked = LaplaceCase("kink", network, .categorical, prior: LaplacePrior(scale: 0.5))
    let mixture = LaplaceCase(
      "mixture", network, .categorical, rows: 60, prior: ScaleMixturePrior(weight: 0.5, wide: 1, narrow: 0.6))
    for curvature in LaplaceApproximation.Curvature.allCases {
      #expect(throws: LaplaceError.priorWithoutCurvature(prior: "\(kinked.model.prior)")) {
        try kinked.posterior(curvature)
      }
    }
    #expect(throws: LaplaceError.priorVariesWithinLayer(prior: "\(mixture.model.prior)")) {
      try mixture.posterior(.kronecker)
    }
    // The second derivative is what differences of the log density give.
    let posterior = try mixture.posterior(.full)
    guard case .weights(let precisions) = posterior.priorPrecision else {
      Issue.record("\(posterior.priorPrecision)")
      return
    }
    func logDensity(_ x: Double) -> Double {
      withUnsafePointer(to: x) { mixture.model.prior.logDensity($0, count: 1, gradient: nil, weight: 0) }
    }
    for i in 0..<precisions.count {
      let x = mixture.mode[i]
      let second = -(logDensity(x + 1e-4) - 2 * logDensity(x) + logDensity(x - 1e-4)) / 1e-8
      #expect(abs(second - precisions[i]) < 1e-5 * max(1, abs(second)))
    }
    #expect(abs(posterior.logPriorDensity - mixture.mode.array.reduce(0) { $0 + logDensity($1) }) < 1e-9)
    #expect(posterior.logEvidence.isFinite)
  }

  @Test func tooLargeForTheFullCurvature() throws {
    let example = LaplaceCase("wide", Network(inputs: 9, hidden: [], outputs: 10), .categorical)
    let expected = LaplaceError.tooManyParameters(count: 100, limit: 99)
    for curvature in [LaplaceApproximation.Curvature.full, .hessian] {
      #expect(throws: expected) {
        try LaplaceApproximation(curvature: curvature, largestFull: 99)
          .posterior(at: example.mode, model: example.model, data: example.data)
      }
    }
    #expect(expected.description.contains("100 x 100") && expected.description.contains("diagonal"))
    _ = try LaplaceApproximation(curvature: .full, largestFull: 100)
      .posterior(at: example.mode, model: example.model, data: example.data)
  }

  @Test(arguments: LaplaceApproximation.Curvature.allCases)
  func curvatureThatIsNotFinite(_ curvature: LaplaceApproximation.Curvature) throws {
    let example = LaplaceCase(
      "huge", Network(inputs: 2, hidden: [3], outputs: 2, activation: .relu), .gaussian(scale: 1))
    var mode = example.mode
    for i in 0..<mode.count { mode[i] *= 1e200 }
    #expect {
      try LaplacePosterior(model: example.model, mode: mode, data: example.data, curvature: curvature)
    } throws: { error in
      if case .notFinite(let place) = error as? LaplaceError { place.hasPrefix("layers.") } else { false }
    }
  }

  /// The Hessian at a point that is no minimum.
  @Test func anIndefiniteHessian() throws {
    let example = LaplaceCase(
      "indefinite", Network(inputs: 2, hidden: [6], outputs: 1, activation: .tanh), .gaussian(scale: 0.01),
      prior: GaussianPrior(scale: 100))
    #expect {
      try example.posterior(.hessian)
    } throws: { error in
      if case .notPositiveDefinite = error as? LaplaceError { true } else { false }
    }
  }

  @Test func dataThatDoesNotFit() throws {
    let example = LaplaceCase("classes", Network(inputs: 2, hidden: [], outputs: 2), .categorical)
    let wrong = Examples<Double>(inputs: example.data.inputs, targets: .classes(Array(repeating: 2, count: 7)))
    #expect(throws: TrainingError.self) {
      try LaplacePosterior(model: example.model, mode: example.mode, data: wrong, curvature: .kronecker)
    }
  }

  /// Equal inputs give equal bits.
  @Test(arguments: LaplaceApproximation.Curvature.allCases)
  func determinism(_ curvature: LaplaceApproximation.Curvature) throws {
    let example = LaplaceCase(
      "classes", Network(inputs: 3, hidden: [], outputs: 3), .categorical, rows: 20)
    let (a, b) = (try example.posterior(curvature), try example.posterior(curvature))
    #expect(a.logEvidence == b.logEvidence && a.variances == b.variances)
    #expect(a.outputs(of: example.data.inputs).covariances == b.outputs(of: example.data.inputs).covariances)
  }
}
