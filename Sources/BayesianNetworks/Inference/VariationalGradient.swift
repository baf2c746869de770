import Foundation
public import Probability
public import Tensors

/// The loss of Bayes by Backprop and its gradient, in memory that is kept between calls.
///
/// Parameters and gradient are flat: the means of all weights, their rhos, and the likelihood's parameters.
public final class VariationalGradient<Scalar: DensityScalar> {
  public let model: BayesianModel
  public let method: BayesByBackprop
  public let maximumRows: Int
  let count: Int
  let scale: Workspace<Scalar>
  let estimator: any GradientEstimator<Scalar>
  let sampler: WeightSampler<Scalar>

  public init(_ model: BayesianModel, method: BayesByBackprop, maximumRows: Int) {
    self.model = model
    self.method = method
    self.maximumRows = maximumRows
    count = model.network.parameterCount
    scale = Workspace(count)
    sampler = WeightSampler(count)
    estimator =
      switch method.estimator {
      case .weightSampling: WeightSamplingEstimator(model, maximumRows: maximumRows, sampler: sampler)
      case .localReparameterization: LocalReparameterizationEstimator(model, method, maximumRows: maximumRows)
      }
  }

  /// Whether the complexity is computed from sampled weights.
  var samplesComplexity: Bool { method.complexity == .sampled || !model.prior.hasClosedDivergence }

  /// Computes the loss of a minibatch and writes its gradient.
  ///
  /// - Parameters:
  ///   - batchFraction: B / N, the weight of the complexity.
  ///   - key: Names the step's noise: the same key gives the same loss.
  public func evaluate(
    _ minibatch: Examples<Scalar>, batchFraction: Double, parameters: Vector<Scalar>, key: RandomKey,
    gradient: inout Vector<Scalar>
  ) -> MinibatchLoss {
    precondition(
      parameters.count == model.variationalParameterCount && gradient.count == parameters.count,
      "\(parameters.count) parameters and \(gradient.count) derivatives for \(model.variationalParameterCount)")
    let block = ExampleBlock(minibatch, rows: minibatch.count)
    let (inputs, targets) = block.gather((0..<minibatch.count).map { $0 }[...])
    return withExtendedLifetime(block) {
      evaluate(
        inputs: inputs, targets: targets, rows: minibatch.count, batchFraction: batchFraction,
        parameters: parameters.unsafePointer, key: key, gradient: gradient.unsafeMutablePointer())
    }
  }

  func evaluate(
    inputs: UnsafePointer<Scalar>, targets: TargetPointer<Scalar>, rows: Int, batchFraction: Double,
    parameters: UnsafePointer<Scalar>, key: RandomKey, gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss {
    precondition(rows <= maximumRows, "a minibatch of \(rows) does not fit the room for \(maximumRows)")
    let posterior = PosteriorPointer(mean: parameters, rho: parameters + count, scale: UnsafePointer(scale.base))
    let step = EstimatorStep(
      posterior: posterior, inputs: inputs, targets: targets, rows: rows, samples: method.samples,
      noise: noise(parameters), complexityWeight: samplesComplexity ? batchFraction : nil, key: key,
      meanGradient: gradient, scaleGradient: gradient + count)

    Scalar.softplus(posterior.rho, into: scale.base, count: count)
    let likelihood = estimator.run(step)
    var complexity = likelihood.complexity
    if !samplesComplexity {
      complexity = model.prior.divergence(
        mean: posterior.mean, scale: posterior.scale, count: count, gradient: (gradient, gradient + count),
        weight: batchFraction)
    } else if !estimator.samplesWeights {
      complexity = sampler.addComplexity(step, prior: model.prior)
    }
    // The chain rule from scale to rho.
    Scalar.softplusGradient(output: posterior.scale, gradient + count, count: count)
    if model.likelihood.parameterCount > 0 { gradient[2 * count] = Scalar(likelihood.logNoiseDerivative) }
    return MinibatchLoss(
      negativeLogLikelihood: likelihood.value, complexity: complexity, batchFraction: batchFraction)
  }

  private func noise(_ parameters: UnsafePointer<Scalar>) -> Double? {
    switch model.likelihood {
    case .gaussian(_, learned: true): exp(Double(parameters[2 * count]))
    case .gaussian(let scale, learned: false): scale
    case .categorical: nil
    }
  }
}
