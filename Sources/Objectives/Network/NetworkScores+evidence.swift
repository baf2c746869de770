import BayesianNetworks
import Foundation
import Probability
import StudyModel
import Tensors

extension NetworkScores {
  /// The importance-weighted bound of the evidence, of a posterior with a density.
  func importanceWeightedBound(_ posterior: any Posterior<Float>, pause: () throws -> Void) throws -> [String: Double] {
    guard let density = posterior as? any DensityPosterior<Float> else { return [:] }
    var wide = evaluation
    wide.samples = max(evaluation.samples, configuration.evaluation.importanceSamples)
    let weights = try wide.logWeights(of: density, model: plan.scoredModel(of: posterior), data: fold.train) { _ in
      try pause()
    }
    return named(
      .importanceWeightedELBO,
      weights.importanceWeightedBound(samples: configuration.evaluation.importanceSamples))
  }

  /// Laplace's approximation of the evidence, where the posterior is one.
  func laplaceEvidence(_ posterior: any Posterior<Float>) -> [String: Double] {
    guard let evidence = (posterior as? any EvidencePosterior)?.logEvidence else { return [:] }
    return [NetworkMetric.laplaceEvidence.rawValue: evidence - targetShift]
  }

  /// The evidence of a linear model with a Gaussian prior, exactly. The bias is one more feature.
  func exactEvidence() throws -> [String: Double] {
    guard case .values(let targets) = fold.train.targets, case .gaussian(let noise, _) = model.likelihood,
      let prior = GaussianWeightScales(model.prior, count: fold.train.inputs.columns + 1)
    else { return [:] }
    let inputs = fold.train.inputs
    var features: [Double] = []
    for row in 0..<inputs.rows {
      for column in 0..<inputs.columns { features.append(Double(inputs[row, column]) * prior.scales[column]) }
      features.append(prior.scales[inputs.columns])
    }
    let linear = try BayesianLinearModel(
      features: Matrix(features, rows: inputs.rows, columns: inputs.columns + 1),
      targets: targets.elements.doubles, priorPrecision: prior.precision,
      noisePrecision: 1 / (noise * noise))
    return [NetworkMetric.exactEvidence.rawValue: linear.logEvidence - targetShift]
  }

  /// The evidence by annealed importance sampling, in double precision on all training data.
  func annealedEvidence(context: any RunContext, pause: () throws -> Void) throws -> [String: Double] {
    let count = model.network.parameterCount
    guard count <= Self.largestAnnealed else {
      throw ObjectiveError(
        "evaluation.scores: \"ais\" is for small models; this one has \(count) weights, and the limit is "
          + "\(Self.largestAnnealed); leave it out")
    }
    let settings = configuration.evaluation.ais
    let annealing = AnnealedImportanceSampling(
      ladder: .geometric(steps: settings.temperatures), chains: settings.chains)
    let result = try annealing.run(annealedModel(), key: key.folded(0)) { _, _ in try pause() }
    var metrics = named(
      .aisEvidence, Estimate(result.logEvidence.value - targetShift, standardError: result.logEvidence.standardError))
    metrics["ais_effective_samples"] = result.effectiveSampleSize
    warnOfFewWeights(
      "ais", result.weights, "chains",
      remedy: "raise evaluation.ais.temperatures (\(settings.temperatures)), or the chains",
      context)
    return metrics
  }

  /// Where a few samples carry all of the weight, the estimate is an accident of them, and its standard error does not
  /// know it.
  private func warnOfFewWeights(
    _ score: String, _ weights: LogWeights, _ noun: String, remedy: String, _ context: any RunContext
  ) {
    let (effective, count) = (weights.effectiveSampleSize, weights.values.count)
    guard count > 1, effective < min(5, 0.5 * Double(count)) else { return }
    context.log(
      .warning,
      "\(score): of \(count) \(noun) \(String(format: "%.1f", effective)) carry the weight (effective sample size): the "
        + "value is too low, and its standard error too small; \(remedy)")
  }

  private static var largestAnnealed: Int { 20_000 }

  private func annealedModel() throws -> AnnealedModel {
    let (model, data) = (model.withFixedNoise, fold.train.doubles)
    let count = model.network.parameterCount
    let objective = PointEstimateObjective<Double>(model, hasPrior: false, maximumRows: data.count)
    var gradient = Vector<Double>(count: count)
    let buffer = gradient.unsafeMutablePointer()
    let logLikelihood: LogDensityGradient = { weights, derivative in
      _ = gradient
      let loss = objective.evaluate(data, parameters: weights, gradient: buffer)
      for i in 0..<count { derivative[i] = -buffer[i] }
      return -loss
    }
    let prior = model.prior
    return AnnealedModel(
      dimension: count, drawPrior: { key, weights in prior.sample(key, into: weights, count: count) },
      logPrior: { weights, derivative in
        Double.fill(derivative, with: 0, count: count)
        return prior.logDensity(weights, count: count, gradient: derivative, weight: 1)
      }, logLikelihood: logLikelihood)
  }

  /// The conditional log marginal likelihood (Lotfi et al. 2022): a posterior of a part of the training data judges the
  /// rest of it.
  func conditionalEvidence(context: any RunContext, pause: () throws -> Void) throws -> [String: Double] {
    let all = fold.train
    let conditioned = Int((configuration.evaluation.conditional.fraction * Double(all.count)).rounded())
    guard conditioned >= 1, conditioned < all.count else {
      throw ObjectiveError(
        "evaluation.conditional.fraction: \(configuration.evaluation.conditional.fraction) of \(all.count) rows leaves "
          + "nothing on one side")
    }
    let order = key.folded(1).permutation(all.count)
    let training = all.selecting(rows: Array(order[..<conditioned]))
    var members: [Vector<Float>] = []
    var posterior: (any Posterior<Float>)?
    for member in 0..<plan.members {
      let trainer = try plan.trainer(member: member, data: training, key: key.folded(2))
      while !trainer.isFinished {
        try trainer.step()
        try pause()
      }
      members.append(trainer.state.parameters[0..<min(model.parameterCount, trainer.state.parameters.count)])
      if plan.members == 1 {
        posterior = try plan.posterior(of: trainer.state, data: training, key: key.folded(3))
      }
    }
    let predictive = plan.method.predictive(of: posterior ?? SampleSetPosterior(members), model: model)
    let rest = all.selecting(rows: Array(order[conditioned...]))
    let pointwise = try evaluation.pointwise(of: predictive, data: rest) { _ in try pause() }
    let weights = pointwise.jointWeights
    warnOfFewWeights(
      "clml", weights, "posterior samples",
      remedy:
        "raise evaluation.conditional.fraction (\(configuration.evaluation.conditional.fraction)), so that fewer rows "
        + "are predicted at once, or inference.evaluationSamples", context)
    var metrics = named(.clml, weights.logMean)
    metrics["clml_effective_samples"] = weights.effectiveSampleSize
    return metrics
  }
}

extension BayesianModel {
  /// The model with a learned noise scale fixed where it starts: evidence is that of a model without free parameters.
  fileprivate var withFixedNoise: BayesianModel {
    var model = self
    if case .gaussian(let scale, _) = likelihood { model.likelihood = .gaussian(scale: scale) }
    return model
  }
}

extension PointEstimateObjective where Scalar == Double {
  /// The loss of all examples and its gradient.
  fileprivate func evaluate(
    _ data: Examples<Double>, parameters: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) -> Double {
    func loss(_ targets: TargetPointer<Double>) -> Double {
      evaluate(
        Minibatch(inputs: data.inputs.unsafePointer, targets: targets, rows: data.count, fraction: 1),
        parameters: parameters, key: RandomKey(seed: 0), gradient: gradient
      ).negativeLogLikelihood
    }
    switch data.targets {
    case .values(let values): return loss(.values(values.unsafePointer))
    case .classes(let classes):
      return classes.withUnsafeBufferPointer { loss(.classes($0.baseAddress.unsafelyUnwrapped)) }
    }
  }
}

extension Examples where Scalar == Float {
  fileprivate var doubles: Examples<Double> {
    let inputs = Matrix(Vector(inputs.elements.doubles), rows: inputs.rows, columns: inputs.columns)
    switch targets {
    case .values(let values):
      return Examples<Double>(
        inputs: inputs,
        targets: .values(Matrix(Vector(values.elements.doubles), rows: values.rows, columns: values.columns)))
    case .classes(let classes): return Examples<Double>(inputs: inputs, targets: .classes(classes))
    }
  }
}
