import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Graves's prior, refitted to the posterior before each step.
@Suite struct RefittedPriorTests {
  static let posterior = DiagonalGaussian(
    mean: Vector<Double>.normal(RandomKey(seed: 1), count: 50),
    rho: .uniform(RandomKey(seed: 2), from: -3, to: 1, count: 50))

  static func divergence(_ prior: GaussianPrior) -> Double {
    let scale = posterior.scale
    return (0..<50).reduce(0) {
      $0
        + Gaussian(mean: posterior.mean[$1], scale: scale[$1]).divergence(
          from: Gaussian(mean: prior.mean, scale: prior.scale))
    }
  }

  /// No prior nearby, nor one found by a search, diverges less.
  @Test func theFitMinimisesTheDivergence() {
    let fit = GaussianPrior(fittedTo: Self.posterior)
    // Coordinate by coordinate, with shrinking steps.
    var (mean, logScale, step) = (0.0, 0.0, 0.5)
    func value(_ mean: Double, _ logScale: Double) -> Double {
      Self.divergence(GaussianPrior(mean: mean, scale: exp(logScale)))
    }
    while step > 1e-9 {
      let best = value(mean, logScale)
      if value(mean + step, logScale) < best {
        mean += step
      } else if value(mean - step, logScale) < best {
        mean -= step
      } else if value(mean, logScale + step) < best {
        logScale += step
      } else if value(mean, logScale - step) < best {
        logScale -= step
      } else {
        step /= 2
      }
    }
    #expect(abs(fit.mean - mean) < 1e-6 && abs(fit.scale - exp(logScale)) < 1e-6)
    // The form that the lecture prints takes sigma^2 for sigma.
    #expect(abs(fit.scale - fit.scale * fit.scale) > 0.01)
  }

  /// The complexity is the divergence from the fit, its gradient that for a prior that stays where it is.
  @Test(arguments: BayesByBackprop.Estimator.allCases)
  func theGradientIsThatOfAFixedPrior(estimator: BayesByBackprop.Estimator) {
    let model = ObjectiveTests.model(.gaussian(scale: 0.5))
    let data: Examples<Double> = examples(model.likelihood, rows: 6, inputs: 3, outputs: 2)
    var method = BayesByBackprop(estimator: estimator, samples: 2, refitsPrior: true)
    let refitting = VariationalObjective<Double>(
      model, method: method, initialization: ObjectiveTests.wide, maximumRows: 6)
    let parameters = refitting.initialParameters(key: RandomKey(seed: 1))
    let n = model.network.parameterCount
    let fitted = method.fitted(model, to: DiagonalGaussian(mean: parameters[0..<n], rho: parameters[n..<(2 * n)]))
    #expect((fitted.prior as? GaussianPrior)?.mean != 0)
    method.refitsPrior = false
    let fixed = VariationalObjective<Double>(fitted, method: method, maximumRows: 6)
    var (first, second) = (Vector<Double>(count: parameters.count), Vector<Double>(count: parameters.count))
    let key = RandomKey(seed: 2)
    let x = refitting.evaluate(data, batchFraction: 0.3, parameters: parameters, key: key, gradient: &first)
    let y = fixed.evaluate(data, batchFraction: 0.3, parameters: parameters, key: key, gradient: &second)
    #expect(abs(x.complexity - y.complexity) < 1e-10 * y.complexity)
    #expect(abs(x.negativeLogLikelihood - y.negativeLogLikelihood) < 1e-10 * abs(y.negativeLogLikelihood))
    for (a, b) in zip(first.array, second.array) { #expect(abs(a - b) < 1e-10 * max(1, abs(b))) }
  }

  /// A prior that may move explains more: the bound is no lower than with the prior it starts from.
  @Test func refittingRaisesTheBound() throws {
    let (model, data) = (MethodTests.model, MethodTests.data)
    var bounds: [Double] = []
    for refitsPrior in [false, true] {
      let method = BayesByBackprop(samples: 4, refitsPrior: refitsPrior)
      let state = try MethodTests.finalState(
        method, model, data: data, rate: 0.03, steps: 3000, schedule: .cosine(steps: 3000))
      let posterior: VariationalPosterior<Double> = state.variationalPosterior(of: model)
      let fitted = method.fitted(model, to: posterior.weights)
      bounds.append(
        Evaluation(samples: 2000, key: RandomKey(seed: 8)).lowerBound(of: posterior, model: fitted, data: data) { _ in
        }.value)
    }
    #expect(bounds[1] > bounds[0] + 0.5, "\(bounds)")
  }
}
