import Foundation
public import Probability
public import Tensors

/// Scores of a trained posterior from samples of its weights.
///
/// Sample s uses the same noise in every score, named by the key: equal states, data and keys give equal numbers.
public struct Evaluation: Sendable {
  /// S, the posterior samples of every score.
  public var samples: Int
  /// Scores of a regression are given in these units.
  public var scaling: TargetScaling
  public var key: RandomKey
  /// Rows that go through the network at a time.
  public var blockRows = 512

  public init(samples: Int, scaling: TargetScaling = .identity, key: RandomKey) {
    precondition(samples >= 1, "scores need at least one posterior sample, got \(samples)")
    self.samples = samples
    self.scaling = scaling
    self.key = key
  }

  /// All scores by name: `elbo`, `elbo_likelihood`, `elbo_complexity` and, with more than one sample,
  /// `elbo_standard_error` on the training data; `lppd`, `rmse` or `error`, `nll` and `ece` on the validation data;
  /// `noise` where it is learned. See `EvidenceLowerBound`, `RegressionScores` and `ClassificationScores`.
  ///
  /// - Parameter progress: Called after every sample with the samples done and their number in all; may throw to end
  ///   the evaluation.
  public func metrics<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, complexity: BayesByBackprop.Complexity = .automatic,
    training: Examples<Scalar>, validation: Examples<Scalar>, progress: (Int, Int) throws -> Void
  ) rethrows -> [String: Double] {
    let bound = try lowerBound(of: state, model: model, complexity: complexity, data: training) {
      try progress($0, 2 * samples)
    }
    var metrics = try scores(of: state, model: model, data: validation) { try progress(samples + $0, 2 * samples) }
    metrics["elbo"] = bound.value
    metrics["elbo_likelihood"] = bound.likelihood
    metrics["elbo_complexity"] = bound.complexity
    metrics["elbo_standard_error"] = bound.standardError
    if model.likelihood.parameterCount > 0 {
      metrics["noise"] = state.noise(of: model).map { $0 * scaling.scale }
    }
    return metrics
  }

  /// The evidence lower bound on the training data.
  public func lowerBound<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, complexity: BayesByBackprop.Complexity = .automatic,
    data: Examples<Scalar>, progress: (Int) throws -> Void
  ) rethrows -> EvidenceLowerBound {
    let posterior = state.posterior(of: model)
    let scale = posterior.scale
    let noise = state.noise(of: model)
    let isClosed = complexity == .automatic && model.prior.hasClosedDivergence
    let count = posterior.count
    var shift = 0.0
    if case .values(let targets) = data.targets { shift = Double(targets.rows * targets.columns) * scaling.logScale }
    var likelihoods: [Double] = []
    var complexities: [Double] = []
    if isClosed {
      complexities = [
        model.prior.divergence(
          mean: posterior.mean.unsafePointer, scale: scale.unsafePointer, count: count, gradient: nil, weight: 0)
      ]
    }
    let logScales = Scalar.sumOfLogs(scale.unsafePointer, count: count)
    let pass = ForwardPass<Scalar>(model.network, blockRows: blockRows)
    for sample in 0..<samples {
      var weights = Vector<Scalar>.normal(key.folded(sample), count: count)
      let base = weights.unsafeMutablePointer()
      let squares = Scalar.sumOfSquares(base, count: count)
      Scalar.reparameterize(
        mean: posterior.mean.unsafePointer, scale: scale.unsafePointer, noise: base, into: base, count: count)
      var likelihood = -shift
      pass.run(weights, data: data) { outputs, targets, rows in
        likelihood -=
          model.likelihood.negativeLogLikelihood(
            outputs: outputs, targets: targets, rows: rows.count, columns: model.network.outputs, noise: noise,
            gradient: nil, weight: 0
          ).value
      }
      likelihoods.append(likelihood)
      if !isClosed {
        let logPosterior = Double(count) * Gaussian().logDensity(0) - logScales - 0.5 * squares
        complexities.append(
          logPosterior - model.prior.logDensity(weights.unsafePointer, count: count, gradient: nil, weight: 0))
      }
      withExtendedLifetime(weights) {}
      try progress(sample + 1)
    }
    withExtendedLifetime((posterior, scale)) {}
    let differences = likelihoods.indices.map { likelihoods[$0] - complexities[isClosed ? 0 : $0] }
    return EvidenceLowerBound(
      likelihood: mean(likelihoods), complexity: mean(complexities), standardError: standardError(differences))
  }

  /// The predictive scores on some data: `lppd`, `nll`, `ece`, and `rmse` or `error`.
  public func scores<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>,
    progress: (Int) throws -> Void
  ) rethrows -> [String: Double] {
    switch data.targets {
    case .values(let targets):
      var scores = RegressionScores(targets: targets.elements.doubles, outputs: targets.columns)
      let noise = state.noise(of: model) ?? 1
      try predict(state: state, model: model, data: data) { sample, outputs in
        scores.add(outputs, noise: noise)
        try progress(sample + 1)
      }
      let shift = Double(targets.columns) * scaling.logScale
      return [
        "lppd": scores.lppd - shift, "nll": scores.negativeLogLikelihood + shift, "ece": scores.calibrationError,
        "rmse": scores.rmse * scaling.scale,
      ]
    case .classes(let classes):
      var scores = ClassificationScores(targets: classes.map { Int($0) }, classes: model.network.outputs)
      try predict(state: state, model: model, data: data) { sample, outputs in
        scores.add(logits: outputs)
        try progress(sample + 1)
      }
      return [
        "lppd": scores.lppd, "nll": scores.negativeLogLikelihood, "ece": scores.calibrationError,
        "error": scores.errorRate,
      ]
    }
  }

  /// The network's outputs on some data for every posterior sample, point after point, in the units in which the network
  /// is trained.
  public func predict<Scalar: DensityScalar>(
    state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>,
    _ body: (_ sample: Int, _ outputs: [Double]) throws -> Void
  ) rethrows {
    let posterior = state.posterior(of: model)
    let pass = ForwardPass<Scalar>(model.network, blockRows: blockRows)
    let columns = model.network.outputs
    var predictions = Array(repeating: 0.0, count: data.count * columns)
    for sample in 0..<samples {
      pass.run(posterior.sample(key.folded(sample)), data: data) { outputs, _, rows in
        predictions.withUnsafeMutableBufferPointer { memory in
          let target = memory.baseAddress.unsafelyUnwrapped + rows.lowerBound * columns
          Scalar.widen(outputs, into: target, count: rows.count * columns)
        }
      }
      try body(sample, predictions)
    }
  }
}

extension Evaluation {
  /// `metrics` without progress.
  public func metrics<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, complexity: BayesByBackprop.Complexity = .automatic,
    training: Examples<Scalar>, validation: Examples<Scalar>
  ) -> [String: Double] {
    metrics(of: state, model: model, complexity: complexity, training: training, validation: validation) { _, _ in }
  }

  /// `lowerBound` without progress.
  public func lowerBound<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, complexity: BayesByBackprop.Complexity = .automatic,
    data: Examples<Scalar>
  ) -> EvidenceLowerBound {
    lowerBound(of: state, model: model, complexity: complexity, data: data) { _ in }
  }

  /// `scores` without progress.
  public func scores<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>
  ) -> [String: Double] {
    scores(of: state, model: model, data: data) { _ in }
  }
}

/// The mean, in the order given.
private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The standard error of the mean; nil for one value.
private func standardError(_ values: [Double]) -> Double? {
  guard values.count > 1 else { return nil }
  let center = mean(values)
  let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
}
