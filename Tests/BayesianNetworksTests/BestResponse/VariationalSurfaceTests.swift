import BayesianNetworks
import Foundation
import Tensors
import Testing

/// The polynomials of the evidence example: exact bounds from `BayesianLinearModel`.
@Suite struct VariationalSurfaceTests {
  private static let degree = 3

  private static func model(logScale: Double, logNoise: Double) throws -> BayesianLinearModel {
    let base = try polynomialModel(degree: degree)
    return try BayesianLinearModel(
      features: base.features, targets: base.targets.array, priorPrecision: exp(-2 * logScale),
      noisePrecision: exp(-2 * logNoise))
  }

  private static func problem() throws -> VariationalProblem<Double> {
    let base = try polynomialModel(degree: degree)
    // The layer's bias is the feature 1.
    let inputs = (0..<base.rows).flatMap { row in (1...degree).map { base.features[row, $0] } }
    return VariationalProblem(
      Network(inputs: degree, hidden: [], outputs: 1), .gaussian(scale: 0.1), tunesNoise: true,
      training: Examples(
        inputs: Matrix(inputs, rows: base.rows, columns: degree),
        targets: .values(Matrix(base.targets, rows: base.rows, columns: 1))))
  }

  /// The bound is the exact one at the exact posterior, constants included.
  @Test func lossIsTheExactBoundAtTheMeanFieldPosterior() throws {
    let problem = try Self.problem()
    let tuning = FineTuning(problem, FineTuningSettings(steps: 0), key: RandomKey(seed: 0))
    for (logScale, logNoise) in [(0.0, log(0.1)), (-1, -1), (0.7, -2)] {
      let exact = try Self.model(logScale: logScale, logNoise: logNoise).meanField
      // Weights before the bias; rho = log(exp(sigma) - 1).
      let order = Array(1...Self.degree) + [0]
      let weights =
        order.map { exact.mean[$0] } + order.map { Double.inverseSoftplus(exact.precision[$0].squareRoot().reciprocal) }
      let loss = tuning.value(Vector(weights), at: [logScale, logNoise])
      #expect(abs(loss + exact.lowerBound.value) < 1e-9, "\(loss) and \(exact.lowerBound)")
    }
  }

  /// One training gives the bound as a function of prior and noise: at every point of a box within the error that the
  /// surface itself states, never above the exact bound, and its optimum in the right place.
  @Test func amortisedBoundIsTheExactOneWithinItsError() throws {
    let problem = try Self.problem()
    let box = try HyperparameterBox(lower: [-2, -3.2], upper: [1, -1])
    let members = try (0..<2).map { member in
      let trainer = try ResponseTrainer(
        problem,
        PerceptronResponse(
          weights: problem.weightCount, hyperparameters: 2, hidden: [32], inputScales: box.halfWidths),
        method: GlobalHypernetwork(.uniform(box), draws: 8),
        settings: ResponseSettings(
          optimizer: Adam(learningRate: 0.01), schedule: .cosine(steps: 8000), batchSize: 20),
        key: RandomKey(seed: 11).folded(member))
      for _ in 0..<8000 { try trainer.step() }
      return ResponseSurface.Member(trainer.response, trainer.state)
    }
    let surface = ResponseSurface(
      problem, members: members,
      tuning: FineTuningSettings(optimizer: Adam(learningRate: 0.02), steps: 500, batchSize: 20),
      key: RandomKey(seed: 12))
    let values = surface.values(at: box.grid(7))
    for value in values {
      let h = value.hyperparameters
      let exact = -(try Self.model(logScale: h[0], logNoise: h[1]).meanField.lowerBound.value)
      let error = try #require(value.error)
      #expect(value.value > exact - 1e-9)
      #expect(value.value - exact <= 2 * error + 1e-3, "\(value) and \(exact)")
      #expect(error < 0.5)
    }
    // Of bounds that differ by tens of nats over the box.
    let errors = values.compactMap(\.error).sorted()
    #expect(errors[errors.count / 2] < 0.01, "\(errors)")
    let best = surface.optimum(in: box, key: RandomKey(seed: 13))
    let exact = try box.grid(101).map { h in
      (h, try Self.model(logScale: h[0], logNoise: h[1]).meanField.lowerBound.value)
    }.max { $0.1 < $1.1 }!
    #expect(abs(best.hyperparameters[0] - exact.0[0]) < 0.1 && abs(best.hyperparameters[1] - exact.0[1]) < 0.1)
  }
}

extension Double {
  fileprivate var reciprocal: Double { 1 / self }
}
