import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct LaplacePosteriorTests {
  static let curvatures: [LaplaceApproximation.Curvature] = [.full, .diagonal, .kronecker]
  let key = RandomKey(seed: 8)

  /// The precision of the uncertain weights, written out.
  func precision(_ posterior: LaplacePosterior<Double>) -> Matrix<Double> {
    let layers = posterior.model.network.affineLayers
    let uncertain = posterior.scope == .all ? layers : [layers[layers.count - 1]]
    let scale = posterior.noise.map { 1 / ($0 * $0) } ?? 1
    let curvature = posterior.curvature.dense(uncertain)
    guard case .layers(let values) = posterior.priorPrecision else { preconditionFailure("not isotropic") }
    return curvature.plus(
      diagonal: zip(uncertain, values).flatMap { Array(repeating: $1, count: $0.parameterCount) }, scale: scale)
  }

  @Test(arguments: LaplaceCase.all, curvatures)
  func determinantVariancesAndDensity(_ example: LaplaceCase, _ curvature: LaplaceApproximation.Curvature) throws {
    for scope in LaplaceApproximation.Scope.allCases {
      let posterior = try example.posterior(curvature, scope: scope)
      let precision = precision(posterior)
      let factor = try precision.cholesky()
      #expect(abs(posterior.logDeterminant - factor.logDeterminant) < 1e-9)
      #expect(difference(posterior.variances, factor.inverse.diagonal) < 1e-9)
      // The density of a draw, and the place of the parameters that are points.
      var draw = Vector<Double>(count: posterior.count)
      let logDensity = posterior.sampleWithLogDensity(3, key: key, into: draw.unsafeMutablePointer())
      #expect(draw == posterior.sample(3, key: key))
      let start = scope == .all ? 0 : example.model.network.affineLayers.last?.start ?? 0
      let m = precision.rows
      let d = (0..<posterior.count).map { draw[$0] - example.mode[$0] }
      for i in 0..<posterior.count {
        #expect((d[i] == 0) == (i < start || i >= start + m))
      }
      let part = Vector(Array(d[start..<(start + m)]))
      let distance = zip(precision.multiplied(by: part).array, part.array).reduce(0) { $0 + $1.0 * $1.1 }
      let expected = 0.5 * (factor.logDeterminant - Double(m) * log(2 * Double.pi) - distance)
      #expect(abs(logDensity - expected) < 1e-8)
    }
  }

  @Test(arguments: curvatures)
  func momentsOfTheSamples(_ curvature: LaplaceApproximation.Curvature) throws {
    let example = LaplaceCase("small", Network(inputs: 2, hidden: [2], outputs: 2, activation: .tanh), .categorical)
    let posterior = try example.posterior(curvature)
    let covariance = try precision(posterior).cholesky().inverse
    let (n, samples) = (posterior.count, 20_000)
    var (mean, products) = (Array(repeating: 0.0, count: n), Matrix<Double>(rows: n, columns: n))
    for index in 0..<samples {
      let x = zip(posterior.sample(index, key: key).array, example.mode.array).map { $0 - $1 }
      for i in 0..<n {
        mean[i] += x[i] / Double(samples)
        for j in 0..<n { products[i, j] += x[i] * x[j] / Double(samples) }
      }
    }
    for i in 0..<n {
      #expect(abs(mean[i]) < 0.03 * covariance[i, i].squareRoot())
      for j in 0..<n {
        #expect(abs(products[i, j] - covariance[i, j]) < 0.04 * (covariance[i, i] * covariance[j, j]).squareRoot())
      }
    }
  }

  /// N(f(x), J Sigma J') against dense matrices.
  @Test(arguments: LaplaceCase.all, curvatures)
  func theLinearizedOutputs(_ example: LaplaceCase, _ curvature: LaplaceApproximation.Curvature) throws {
    let network = example.model.network
    let test: Examples<Double> = examples(
      example.model.likelihood, rows: 6, inputs: network.inputs, outputs: network.outputs, seed: 99)
    let jacobians = example.dense.jacobians(test.inputs)
    let k = network.outputs
    for scope in LaplaceApproximation.Scope.allCases {
      let posterior = try example.posterior(curvature, scope: scope)
      let covariance = try precision(posterior).cholesky().inverse
      let start = network.parameterCount - covariance.rows
      let found = LinearizedPosterior(posterior).outputs(of: test.inputs)
      #expect(found.rows == 6 && found.outputs == k)
      for (row, outputs) in example.dense.outputs(test.inputs).enumerated() {
        #expect(difference((0..<k).map { found.means[row, $0] }, outputs) < 1e-12)
        let part = Matrix(
          (0..<k).flatMap { output in (start..<network.parameterCount).map { jacobians[row][output, $0] } }, rows: k,
          columns: covariance.rows)
        let expected = part.multiplied(by: covariance).multiplied(by: part, transposeOther: true)
        let covariances = (0..<(k * k)).map { found.covariances[row, $0] }
        #expect(difference(covariances, expected.elements.array) < 1e-9)
      }
    }
  }

  /// The scores of Gaussian outputs need no samples, and those of many samples come near.
  @Test(arguments: [1, 2]) func scoresOfARegressionInClosedForm(outputs: Int) throws {
    struct Sampled: Predictive {
      let predictive: OutputPredictive<Double>
      var distinctSamples: Int? { nil }
      func predict(
        _ data: Examples<Double>, samples: Int, key: RandomKey, _ body: (Int, [Double], Double?) throws -> Void
      ) rethrows { try predictive.predict(data, samples: samples, key: key, body) }
    }
    let likelihood = Likelihood.gaussian(scale: 0.7)
    let example = LaplaceCase(
      "outputs", Network(inputs: 2, hidden: [3], outputs: outputs, activation: .tanh), likelihood)
    let posterior = LinearizedPosterior(try example.posterior(.full))
    let data: Examples<Double> = examples(likelihood, rows: 12, inputs: 2, outputs: outputs, seed: 5)
    let predictive = OutputPredictive(posterior, noise: 0.7)
    let scaling = TargetScaling(mean: 3, scale: 2)
    let exact = Evaluation(samples: 1, scaling: scaling, key: key).scores(of: predictive, data: data)
    let sampled = Evaluation(samples: 40_000, scaling: scaling, key: key)
      .scores(of: Sampled(predictive: predictive), data: data)
    #expect(exact.keys == sampled.keys && abs(exact["noise"]! - sampled["noise"]!) < 1e-12)
    for name in ["lppd", "nll", "rmse", "ece"] { #expect(abs(exact[name]! - sampled[name]!) < 0.02, "\(name)") }
    #expect(
      exact == Evaluation(samples: 9, scaling: scaling, key: RandomKey(seed: 77)).scores(of: predictive, data: data))
    guard outputs == 1 else { return }
    #expect(abs(exact["lppd"]! + exact["nll"]!) < 1e-12)
    let summary = PredictiveSummary(samples: 1, scaling: scaling, key: key)
    let points = summary.regression(predictive, inputs: data.inputs, quantiles: [0.025, 0.5])
    let distribution = posterior.outputs(of: data.inputs)
    for (row, point) in points.enumerated() {
      let scale = 2 * (distribution.variance(row, 0) + 0.49).squareRoot()
      #expect(abs(point.mean - (3 + 2 * distribution.means[row, 0])) < 1e-12)
      #expect(abs(point.standardDeviation - scale) < 1e-12)
      #expect(abs(point.epistemicStandardDeviation - 2 * distribution.variance(row, 0).squareRoot()) < 1e-12)
      #expect(abs(point.quantiles[0] - (point.mean - 1.959963984540054 * scale)) < 1e-9)
      #expect(abs(point.quantiles[1] - point.mean) < 1e-9)
    }
  }

  @Test func samplesOfOutputs() {
    let covariance = [0.5, 0.3, -0.1, 0.3, 0.4, 0.2, -0.1, 0.2, 0.9]
    let distribution = OutputDistribution(
      means: Matrix([1, 2, 3, -1, 0, 1], rows: 2, columns: 3),
      // The second row has rank 1.
      covariances: Matrix(covariance + [1, 2, 0, 2, 4, 0, 0, 0, 0], rows: 2, columns: 9))
    let samples = 20_000
    var (sum, products) = (Array(repeating: 0.0, count: 6), Array(repeating: 0.0, count: 18))
    for index in 0..<samples {
      let x = zip(distribution.sample(index, key: key), [1, 2, 3, -1, 0, 1]).map { $0 - $1 }
      for i in 0..<6 {
        sum[i] += x[i] / Double(samples)
        for j in 0..<3 { products[i * 3 + j] += x[i] * x[i / 3 * 3 + j] / Double(samples) }
      }
      #expect(abs(x[4] - 2 * x[3]) < 1e-12 && x[5] == 0)
    }
    #expect(sum.allSatisfy { abs($0) < 0.03 })
    #expect(difference(products, covariance + [1, 2, 0, 2, 4, 0, 0, 0, 0]) < 0.02)
    #expect(distribution.sample(4, key: key) == distribution.sample(4, key: key))
    #expect(distribution.sample(4, key: key) != distribution.sample(5, key: key))
  }

  /// MacKay's approximation against the average over many samples.
  @Test func probitProbabilities() {
    let distribution = OutputDistribution(
      means: Matrix([1.0, 0, 0.5, -0.3], rows: 2, columns: 2),
      covariances: Matrix([0.5, 0, 0, 0.5, 2, 0, 0, 2], rows: 2, columns: 4))
    let found = distribution.probitProbabilities()
    let samples = 20_000
    for row in 0..<2 {
      #expect(abs(found[row, 0] + found[row, 1] - 1) < 1e-12)
      let average = (0..<samples).reduce(0.0) { sum, index in
        let x = distribution.sample(index, key: key)
        return sum + 1 / (1 + exp(x[2 * row + 1] - x[2 * row])) / Double(samples)
      }
      #expect(abs(found[row, 0] - average) < 0.03)
    }
    let certain = OutputDistribution(
      means: Matrix([700.0, -700], rows: 1, columns: 2), covariances: Matrix(rows: 1, columns: 4))
    #expect(certain.probitProbabilities().elements.array == [1, 0])
  }
}
