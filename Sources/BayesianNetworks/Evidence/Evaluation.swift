import Foundation
public import Probability
public import Tensors

/// Scores of a posterior from samples of its weights.
///
/// Sample s uses the same noise in every score, named by the key: equal posteriors, data and keys give equal numbers.
public struct Evaluation: Sendable {
  /// S, the samples of every score; where a posterior has fewer different ones, all of them.
  public var samples: Int
  /// Scores of a regression are given in these units.
  public var scaling: TargetScaling
  public var key: RandomKey
  /// Rows that go through the network at a time, at most.
  public var blockRows = 512

  public init(samples: Int, scaling: TargetScaling = .identity, key: RandomKey) {
    precondition(samples >= 1, "scores need at least one posterior sample, got \(samples)")
    self.samples = samples
    self.scaling = scaling
    self.key = key
  }

  /// The scores of a posterior by name: those of `scores` on the validation data with their Monte Carlo standard errors,
  /// and where the posterior has a density those of `boundMetrics` on the training data.
  ///
  /// - Parameter progress: Called after every sample with the samples done and their number in all; may throw to end
  ///   the evaluation.
  public func metrics<Scalar: DensityScalar>(
    of posterior: any Posterior<Scalar>, model: BayesianModel, complexity: BayesByBackprop.Complexity = .automatic,
    training: Examples<Scalar>, validation: Examples<Scalar>,
    progress: (Int, Int) throws -> Void
  ) rethrows -> [String: Double] {
    let predictive = MonteCarloPredictive(posterior, model: model, blockRows: blockRows)
    let density = posterior as? any DensityPosterior<Scalar>
    let drawn = predictive.drawn(samples)
    let before = density == nil ? 0 : samples
    var metrics: [String: Double] = [:]
    if let density {
      metrics = try boundMetrics(of: density, model: model, complexity: complexity, data: training) {
        try progress($0, before + drawn)
      }
    }
    let scores = try predictiveScores(of: predictive, data: validation, hasErrors: true) {
      try progress(before + $0, before + drawn)
    }
    metrics.merge(scores.values) { $1 }
    metrics.merge(scores.standardErrors) { $1 }
    if model.likelihood.parameterCount == 0 { metrics["noise"] = nil }
    return metrics
  }

  /// `elbo`, `elbo_likelihood`, `elbo_complexity` and, with more than one sample, `elbo_standard_error`. See
  /// `EvidenceLowerBound`.
  public func boundMetrics<Scalar: DensityScalar>(
    of posterior: any DensityPosterior<Scalar>, model: BayesianModel,
    complexity: BayesByBackprop.Complexity = .automatic, data: Examples<Scalar>, progress: (Int) throws -> Void
  ) rethrows -> [String: Double] {
    let bound = try lowerBound(of: posterior, model: model, complexity: complexity, data: data, progress: progress)
    var metrics = ["elbo": bound.value, "elbo_likelihood": bound.likelihood, "elbo_complexity": bound.complexity]
    metrics["elbo_standard_error"] = bound.standardError
    return metrics
  }

  /// The evidence lower bound on the training data.
  public func lowerBound<Scalar: DensityScalar>(
    of posterior: any DensityPosterior<Scalar>, model: BayesianModel,
    complexity: BayesByBackprop.Complexity = .automatic, data: Examples<Scalar>,
    progress: (Int) throws -> Void
  ) rethrows -> EvidenceLowerBound {
    let closed = complexity == .automatic ? model.prior.divergence(of: posterior) : nil
    var likelihoods: [Double] = []
    var complexities = closed.map { [$0] } ?? []
    try forEachSample(of: posterior, model: model, data: data) { likelihood, logPosterior, logPrior in
      likelihoods.append(likelihood)
      if closed == nil { complexities.append(logPosterior - logPrior) }
      try progress(likelihoods.count)
    }
    let differences = likelihoods.indices.map { likelihoods[$0] - complexities[closed == nil ? $0 : 0] }
    return EvidenceLowerBound(
      likelihood: Estimate.mean(likelihoods).value, complexity: Estimate.mean(complexities).value,
      standardError: Estimate.mean(differences).standardError)
  }

  /// log p(data, w_s) - log q(w_s) of each sample: what the importance-weighted bound is made of (Burda, Grosse and
  /// Salakhutdinov 2016).
  public func logWeights<Scalar: DensityScalar>(
    of posterior: any DensityPosterior<Scalar>, model: BayesianModel, data: Examples<Scalar>,
    progress: (Int) throws -> Void
  ) rethrows -> LogWeights {
    var values: [Double] = []
    try forEachSample(of: posterior, model: model, data: data) { likelihood, logPosterior, logPrior in
      values.append(likelihood + logPrior - logPosterior)
      try progress(values.count)
    }
    return LogWeights(values)
  }

  /// log p(data | w), log q(w) and log p(w) of each sample, in the units of the targets.
  private func forEachSample<Scalar: DensityScalar>(
    of posterior: any DensityPosterior<Scalar>, model: BayesianModel, data: Examples<Scalar>,
    _ body: (_ likelihood: Double, _ logPosterior: Double, _ logPrior: Double) throws -> Void
  ) rethrows {
    var shift = 0.0
    if case .values(let targets) = data.targets { shift = Double(targets.rows * targets.columns) * scaling.logScale }
    let pass = ForwardPass<Scalar>(model.network, blockRows: blockRows)
    var weights = Vector<Scalar>(count: posterior.count)
    for sample in 0..<samples {
      let base = weights.unsafeMutablePointer()
      let logPosterior = posterior.sampleWithLogDensity(sample, key: key, into: base)
      let logPrior = model.prior.logDensity(base, count: model.network.parameterCount, gradient: nil, weight: 0)
      let noise = model.noise(of: weights)
      var likelihood = -shift
      pass.run(weights, data: data) { outputs, targets, rows in
        likelihood -=
          model.likelihood.negativeLogLikelihood(
            outputs: outputs, targets: targets, rows: rows.count, columns: model.network.outputs, noise: noise,
            gradient: nil, weight: 0
          ).value
      }
      try body(likelihood, logPosterior, logPrior)
    }
  }

  /// log p(y_i | w_s) of every point and sample, in the units of the targets.
  public func pointwise<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, progress: (Int) throws -> Void
  ) rethrows -> PointwiseLogLikelihood {
    var all = PointwiseLogLikelihood(points: data.count, samples: predictive.drawn(samples))
    try predictive.predict(data, samples: samples, key: key) { sample, outputs, noise in
      all.append(pointwiseDensities(outputs, noise: noise, data: data))
      try progress(sample + 1)
    }
    return all
  }

  private func pointwiseDensities<Scalar: DensityScalar>(
    _ outputs: [Double], noise: Double?, data: Examples<Scalar>
  ) -> [Double] {
    let columns = outputs.count / data.count
    switch data.targets {
    case .values(let targets):
      let density = Gaussian(scale: noise ?? 1)
      let values = targets.elements.doubles
      return (0..<data.count).map { row in
        (0..<columns).reduce(-Double(columns) * scaling.logScale) { sum, column in
          sum + density.logDensity(values[row * columns + column] - outputs[row * columns + column])
        }
      }
    case .classes(let classes):
      return (0..<data.count).map { row in
        let logits = outputs[(row * columns)..<((row + 1) * columns)]
        return logits[row * columns + Int(classes[row])] - logSumExp(logits)
      }
    }
  }
}

/// The same without progress.
extension Evaluation {
  public func metrics<Scalar: DensityScalar>(
    of posterior: any Posterior<Scalar>, model: BayesianModel, complexity: BayesByBackprop.Complexity = .automatic,
    training: Examples<Scalar>, validation: Examples<Scalar>
  ) -> [String: Double] {
    metrics(of: posterior, model: model, complexity: complexity, training: training, validation: validation) { _, _ in }
  }

  public func lowerBound<Scalar: DensityScalar>(
    of posterior: any DensityPosterior<Scalar>, model: BayesianModel,
    complexity: BayesByBackprop.Complexity = .automatic, data: Examples<Scalar>
  ) -> EvidenceLowerBound {
    lowerBound(of: posterior, model: model, complexity: complexity, data: data) { _ in }
  }

  public func logWeights<Scalar: DensityScalar>(
    of posterior: any DensityPosterior<Scalar>, model: BayesianModel, data: Examples<Scalar>
  ) -> LogWeights {
    logWeights(of: posterior, model: model, data: data) { _ in }
  }

  public func pointwise<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>
  ) -> PointwiseLogLikelihood {
    pointwise(of: predictive, data: data) { _ in }
  }
}

extension Prior {
  /// KL[q || p] in closed form; nil where there is none.
  public func divergence<Scalar: DensityScalar>(of posterior: any DensityPosterior<Scalar>) -> Double? {
    guard hasClosedDivergence, let variational = posterior as? VariationalPosterior<Scalar> else { return nil }
    let (weights, scale) = (variational.weights, variational.weights.scale)
    return withExtendedLifetime((weights, scale)) {
      divergence(
        mean: weights.mean.unsafePointer, scale: scale.unsafePointer, count: weights.count, gradient: nil, weight: 0)
    }
  }
}
