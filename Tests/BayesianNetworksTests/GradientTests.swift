import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// The gradient of the whole loss against central differences, in Double, with the noise fixed by the key: every
/// estimator, prior, likelihood, kind of complexity and activation.
@Suite struct GradientTests {
  static let methods = BayesByBackprop.Estimator.allCases.flatMap { estimator in
    BayesByBackprop.Complexity.allCases.map {
      BayesByBackprop(estimator: estimator, complexity: $0, samples: 3)
    }
  }
  static let likelihoods: [Likelihood] = [.gaussian(scale: 0.5), .gaussian(scale: 0.5, learned: true), .categorical]

  @Test(arguments: methods, likelihoods)
  func gradientsAreThoseOfTheLoss(method: BayesByBackprop, likelihood: Likelihood) {
    for prior in priors {
      for activation in Activation.allCases {
        check(method, likelihood, prior, activation, hidden: [5, 4])
      }
      check(method, likelihood, prior, .relu, hidden: [])
    }
  }

  func check(
    _ method: BayesByBackprop, _ likelihood: Likelihood, _ prior: any Prior, _ activation: Activation, hidden: [Int]
  ) {
    let model = BayesianModel(
      network: Network(inputs: 3, hidden: hidden, outputs: 2, activation: activation), likelihood: likelihood,
      prior: prior)
    let data: Examples<Double> = examples(likelihood, rows: 6, inputs: 3, outputs: 2)
    let initialization = PosteriorInitialization(mean: 0.8, rhoLow: -2, rhoHigh: 0.5)
    var parameters = TrainingState<Double>(
      model, optimizer: Adam(), initialization: initialization, key: RandomKey(seed: 1)
    ).parameters
    let loss = VariationalObjective<Double>(model, method: method, maximumRows: 6)
    let key = RandomKey(seed: 2)
    var gradient = Vector<Double>(repeating: .nan, count: parameters.count)
    func value() -> Double {
      var scratch = Vector<Double>(count: parameters.count)
      return loss.evaluate(data, batchFraction: 0.3, parameters: parameters, key: key, gradient: &scratch).total
    }
    let first = loss.evaluate(data, batchFraction: 0.3, parameters: parameters, key: key, gradient: &gradient)
    #expect(first.total == value(), "the same key must give the same loss")
    let h = 1e-6
    for i in 0..<parameters.count {
      let center = parameters[i]
      parameters[i] = center + h
      let above = value()
      parameters[i] = center - h
      let below = value()
      parameters[i] = center
      let numeric = (above - below) / (2 * h)
      #expect(
        abs(gradient[i] - numeric) < 2e-6 * max(1, abs(numeric)),
        "parameter \(i): \(gradient[i]) against \(numeric); \(method), \(likelihood), \(prior), \(activation), \(hidden)"
      )
    }
  }

  /// Float against Double with the same noise.
  @Test(arguments: methods)
  func floatAgreesWithDouble(method: BayesByBackprop) {
    for prior in priors {
      let model = BayesianModel(
        network: Network(inputs: 7, hidden: [33, 20], outputs: 3), likelihood: .categorical, prior: prior)
      let start = TrainingState<Double>(
        model, optimizer: Adam(), initialization: PosteriorInitialization(), key: RandomKey(seed: 1)
      ).parameters.array.map { Float($0) }
      let float: (MinibatchLoss, [Double]) = lossAndGradient(model, method, Vector(start))
      let double: (MinibatchLoss, [Double]) = lossAndGradient(model, method, Vector(start.map { Double($0) }))
      #expect(abs(float.0.total - double.0.total) < 1e-4 * abs(double.0.total))
      for (a, b) in zip(float.1, double.1) { #expect(abs(a - b) < 2e-3 * max(1, abs(b))) }
    }
  }

  func lossAndGradient<Scalar: DensityScalar>(
    _ model: BayesianModel, _ method: BayesByBackprop, _ parameters: Vector<Scalar>
  ) -> (MinibatchLoss, [Double]) {
    let double: Examples<Double> = examples(model.likelihood, rows: 16, inputs: 7, outputs: 3)
    let inputs = Matrix(
      Vector(double.inputs.elements.array.map { Scalar(Float($0)) }), rows: 16, columns: 7)
    let data = Examples(
      inputs: inputs, targets: { if case .classes(let c) = double.targets { .classes(c) } else { .classes([]) } }())
    let loss = VariationalObjective<Scalar>(model, method: method, maximumRows: 16)
    var gradient = Vector<Scalar>(count: parameters.count)
    let value = loss.evaluate(
      data, batchFraction: 0.1, parameters: parameters, key: RandomKey(seed: 9), gradient: &gradient)
    return (value, gradient.array.map { Double($0) })
  }

  /// Activations without variance (inputs 0, or a posterior without width) leave the root's derivative finite.
  @Test func vanishingVarianceLeavesTheGradientFinite() {
    let model = BayesianModel(
      network: Network(inputs: 2, hidden: [3], outputs: 1), likelihood: .gaussian(scale: 0.1), prior: GaussianPrior())
    let data = Examples<Float>(
      inputs: Matrix([0, 0, 1, -1], rows: 2, columns: 2), targets: .values(Matrix([1, 2], rows: 2, columns: 1)))
    for rho in [-40.0, -12] {
      let parameters = TrainingState<Float>(
        model, optimizer: Adam(), initialization: PosteriorInitialization(rhoLow: rho, rhoHigh: rho),
        key: RandomKey(seed: 1)
      ).parameters
      var gradient = Vector<Float>(count: parameters.count)
      let loss = VariationalObjective<Float>(model, method: BayesByBackprop(), maximumRows: 2)
      let value = loss.evaluate(
        data, batchFraction: 1, parameters: parameters, key: RandomKey(seed: 2), gradient: &gradient)
      #expect(value.total.isFinite)
      // The entropy pulls on rho with the slope -1 for every weight, however narrow.
      #expect(gradient.array[13..<26].allSatisfy { abs($0 + 1) < 0.01 })
    }
  }

  /// With a closed form, the sampled complexity is an unbiased estimate of it, and so is the likelihood of either
  /// estimator of the other's.
  @Test func estimatorsAgreeOnAverage() {
    for prior in priors[0..<2] {
      let model = BayesianModel(
        network: Network(inputs: 3, hidden: [4], outputs: 1, activation: .tanh), likelihood: .gaussian(scale: 0.5),
        prior: prior)
      let data: Examples<Double> = examples(model.likelihood, rows: 5, inputs: 3, outputs: 1)
      let parameters = TrainingState<Double>(
        model, optimizer: Adam(), initialization: PosteriorInitialization(mean: 0.5, rhoLow: -2, rhoHigh: -1),
        key: RandomKey(seed: 4)
      ).parameters
      let averages = Self.methods.map { method -> (likelihood: Double, complexity: Double, gradient: [Double]) in
        var method = method
        method.samples = 20
        let loss = VariationalObjective<Double>(model, method: method, maximumRows: 5)
        var sums = (likelihood: 0.0, complexity: 0.0, gradient: Array(repeating: 0.0, count: parameters.count))
        let repetitions = 1000
        for repetition in 0..<repetitions {
          var gradient = Vector<Double>(count: parameters.count)
          let value = loss.evaluate(
            data, batchFraction: 1, parameters: parameters, key: RandomKey(seed: UInt64(repetition)),
            gradient: &gradient)
          sums.likelihood += value.negativeLogLikelihood / Double(repetitions)
          sums.complexity += value.complexity / Double(repetitions)
          for (i, derivative) in gradient.array.enumerated() { sums.gradient[i] += derivative / Double(repetitions) }
        }
        return sums
      }
      for other in averages.dropFirst() {
        #expect(abs(other.likelihood - averages[0].likelihood) < 0.02 * averages[0].likelihood)
        #expect(abs(other.complexity - averages[0].complexity) < 0.02 * averages[0].complexity)
        for (a, b) in zip(other.gradient, averages[0].gradient) { #expect(abs(a - b) < 0.4 + 0.05 * abs(b)) }
      }
    }
  }
}
