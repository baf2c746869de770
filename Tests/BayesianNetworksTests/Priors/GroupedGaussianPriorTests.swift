import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// A Gaussian prior with a scale for each group of weights.
@Suite struct GroupedGaussianPriorTests {
  private static let grouped = GroupedGaussianPrior([
    .init(count: 5, scale: 0.3), .init(count: 11, scale: 1.2), .init(count: 23, scale: 0.7),
  ])

  @Test func itIsTheGaussianOfEachGroup() {
    let prior = Self.grouped
    let (w, scale) = (
      Vector<Double>.normal(RandomKey(seed: 1), count: 39), Vector<Double>.uniform(RandomKey(seed: 2), count: 39)
    )
    var (gradient, expected) = (Vector<Double>(repeating: 0.5, count: 39), Vector<Double>(repeating: 0.5, count: 39))
    var (toScale, expectedScale) = (Vector<Double>(count: 39), Vector<Double>(count: 39))
    var (density, divergence) = (0.0, 0.0)
    withExtendedLifetime((w, scale)) {
      let (g, e, s, t) = (
        gradient.unsafeMutablePointer(), expected.unsafeMutablePointer(), toScale.unsafeMutablePointer(),
        expectedScale.unsafeMutablePointer()
      )
      var start = 0
      for group in prior.groups {
        let (single, n) = (GaussianPrior(scale: group.scale), group.count)
        density += single.logDensity(w.unsafePointer + start, count: n, gradient: e + start, weight: 2)
        divergence += single.divergence(
          mean: w.unsafePointer + start, scale: scale.unsafePointer + start, count: n, gradient: (e + start, t + start),
          weight: 3)
        start += n
      }
      #expect(prior.logDensity(w.unsafePointer, count: 39, gradient: g, weight: 2) == density)
      let found = prior.divergence(
        mean: w.unsafePointer, scale: scale.unsafePointer, count: 39, gradient: (g, s), weight: 3)
      #expect(found == divergence)
    }
    #expect(gradient == expected && toScale == expectedScale && gradient.array[7] != 0.5)
  }

  @Test func partsKeepTheirScales() {
    let prior = Self.grouped
    #expect(!prior.isUniform && prior.count == 39)
    #expect(prior.restricted(to: 5..<16) as? GaussianPrior == GaussianPrior(scale: 1.2))
    #expect(
      prior.restricted(to: 3..<20) as? GroupedGaussianPrior
        == GroupedGaussianPrior([
          .init(count: 2, scale: 0.3), .init(count: 11, scale: 1.2), .init(count: 4, scale: 0.7),
        ]))
    // Neighbours with one scale are one group.
    let joined = GroupedGaussianPrior([.init(count: 2, scale: 1), .init(count: 3, scale: 1), .init(count: 1, scale: 2)])
    #expect(joined.groups.map(\.count) == [5, 1])
  }

  @Test func samplesHaveTheScalesOfTheirGroups() {
    let prior = GroupedGaussianPrior([.init(count: 20_000, scale: 0.5), .init(count: 20_000, scale: 3)])
    var w = Vector<Double>(count: 40_000)
    prior.sample(RandomKey(seed: 4), into: w.unsafeMutablePointer(), count: 40_000)
    let halves = [w.array[..<20_000], w.array[20_000...]].map { half in
      (half.reduce(0) { $0 + $1 * $1 } / 20_000).squareRoot()
    }
    // The standard error of each is half a per cent of it.
    #expect(abs(halves[0] - 0.5) < 0.01 && abs(halves[1] - 3) < 0.06, "\(halves)")
  }

  /// Groups that end within a layer, and those that are layers.
  @Test(arguments: [
    grouped,
    GroupedGaussianPrior([.init(count: 16, scale: 0.4), .init(count: 15, scale: 1), .init(count: 8, scale: 0.2)]),
  ])
  func derivativesOfEveryObjective(prior: GroupedGaussianPrior) {
    let likelihood = Likelihood.gaussian(scale: 0.5)
    let data: Examples<Double> = examples(likelihood, rows: 6, inputs: 3, outputs: 2)
    for (name, objective) in ObjectiveTests.objectives(ObjectiveTests.model(likelihood, prior)) {
      checkDerivatives(objective, data: data, "\(name), \(prior)")
      _ = checkFusedOperations(objective, data: data, "\(name), \(prior)")
    }
  }

  /// Operations pass over the weights block by block, and a block has to find its groups.
  @Test func groupsAreFoundInLargeLayers() {
    let likelihood = Likelihood.gaussian(scale: 0.5)
    let network = Network(inputs: 70, hidden: [70], outputs: 1)
    let scales = (0..<network.parameterCount).map { 0.2 + 0.1 * Double($0 % 7) }
    let model = BayesianModel(
      network: network, likelihood: likelihood,
      prior: GroupedGaussianPrior(scales.map { .init(count: 1, scale: $0) }))
    let data: Examples<Double> = examples(likelihood, rows: 3, inputs: 70, outputs: 1)
    let methods = [
      BayesByBackprop(estimator: .weightSampling, complexity: .sampled, samples: 1),
      BayesByBackprop(estimator: .weightSampling, complexity: .sampled, samples: 3),
      BayesByBackprop(estimator: .weightSampling, complexity: .automatic, samples: 1),
      BayesByBackprop(estimator: .localReparameterization, complexity: .automatic, samples: 1),
    ]
    for method in methods {
      let objective = VariationalObjective<Double>(
        model, method: method, initialization: ObjectiveTests.wide, maximumRows: 3)
      #expect(!checkFusedOperations(objective, data: data, "\(method)").isEmpty)
    }
  }

  /// Equal scales are the prior of all weights, to the last bit.
  @Test func equalScalesAreOnePrior() throws {
    let network = Network(inputs: 1, hidden: [6], outputs: 1)
    let groups = GroupedGaussianPrior([.init(count: 12, scale: 0.6), .init(count: 7, scale: 0.6)])
    let data: Examples<Float> = examples(.gaussian(scale: 0.5), rows: 20, inputs: 1, outputs: 1)
    let states = try [groups as any Prior, GaussianPrior(scale: 0.6)].map { prior in
      let model = BayesianModel(network: network, likelihood: .gaussian(scale: 0.5), prior: prior)
      let trainer = try Trainer(
        VariationalObjective<Float>(
          model, method: BayesByBackprop(), initialization: PosteriorInitialization(), maximumRows: 8),
        settings: TrainingSettings(optimizer: Adam(learningRate: 0.01), batchSize: 8, steps: 30), data: data,
        key: RandomKey(seed: 7))
      while !trainer.isFinished { try trainer.step() }
      return trainer.state.parameters
    }
    #expect(states[0] == states[1])
  }

  /// A linear model whose features have been multiplied by the scales, with a prior of scale 1, is the same model.
  @Test func linearModelsAreExact() throws {
    let (rows, scales) = (12, [0.2, 2.0, 0.7])
    let x = Vector<Double>.normal(RandomKey(seed: 8), count: 2 * rows).array
    var (y, scaled) = ([Double](), [Double]())
    for row in 0..<rows {
      let (first, second) = (x[2 * row], x[2 * row + 1])
      y.append(first - 0.5 * second + 0.1)
      scaled += [first * scales[0], second * scales[1], scales[2]]
    }
    let data = Examples<Double>(
      inputs: Matrix(x, rows: rows, columns: 2), targets: .values(Matrix(y, rows: rows, columns: 1)))
    let model = BayesianModel(
      network: Network(inputs: 2, hidden: [], outputs: 1), likelihood: .gaussian(scale: 0.3),
      prior: GroupedGaussianPrior(scales.map { .init(count: 1, scale: $0) }))
    let exact = try BayesianLinearModel(
      features: Matrix(scaled, rows: rows, columns: 3), targets: y, priorPrecision: 1, noisePrecision: 1 / 0.09)
    let mode = try #require(model.linearMaximum(near: Vector<Double>(count: 3), data: data))
    for i in 0..<3 { #expect(abs(mode[i] - exact.mean[i] * scales[i]) < 1e-12) }
    for curvature in [LaplaceApproximation.Curvature.full, .diagonal] {
      let laplace = try LaplacePosterior<Double>(model: model, mode: mode, data: data, curvature: curvature)
      #expect(abs(laplace.logEvidence - exact.logEvidence) < (curvature == .full ? 1e-10 : 5))
      #expect(throws: LaplaceError.self) { try laplace.tuned() }
    }
    // One precision for each layer is what these factors need.
    #expect(throws: LaplaceError.self) {
      try LaplacePosterior<Double>(model: model, mode: mode, data: data, curvature: .kronecker)
    }
  }

  @Test func filesKeepIt() throws {
    let model = BayesianModel(
      network: Network(inputs: 3, hidden: [4, 3], outputs: 2), likelihood: .gaussian(scale: 0.5), prior: Self.grouped)
    let data = DataDescription(features: ["a", "b", "c"], target: "y")
    let posterior = PointPosterior<Double>(.normal(RandomKey(seed: 3), count: model.parameterCount))
    let bytes = try PosteriorFile(posterior, model: model, method: "maximum-a-posteriori", data: data).encode()
    let found = try PosteriorFile<Double>(decoding: bytes)
    #expect(found.model.prior as? GroupedGaussianPrior == Self.grouped)
    // Of another network.
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains(#"\"counts\":[5,11,23]"#))
    let damaged = bytes.replacing(Array(#"\"counts\":[5,11,23]"#.utf8), with: Array(#"\"counts\":[5,11,22]"#.utf8))
    let error = #expect(throws: CheckpointError.self) { try PosteriorFile<Double>(decoding: damaged) }
    #expect(error == .badMetadata(key: "prior", reason: "it is of 38 weights, and the network has 39"))
    let negative = bytes.replacing(Array(#"[0.3,1.2,0.7]"#.utf8), with: Array(#"[0.3,-12,0.7]"#.utf8))
    #expect(throws: CheckpointError.self) { try PosteriorFile<Double>(decoding: negative) }
  }
}
