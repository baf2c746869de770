import Probability
import Tensors

/// One sample of all weights, shared by the minibatch (Blundell et al. 2015, section 3.2).
final class WeightSamplingEstimator<Scalar: DensityScalar>: GradientEstimator {
  private let model: BayesianModel
  private let pass: NetworkPass<Scalar>
  private let sampler: WeightSampler<Scalar>

  init(_ model: BayesianModel, maximumRows: Int, sampler: WeightSampler<Scalar>) {
    self.model = model
    self.sampler = sampler
    pass = NetworkPass(model.network, maximumRows: maximumRows, backward: true)
  }

  var samplesWeights: Bool { true }

  func run(_ step: EstimatorStep<Scalar>) -> EstimatorResult {
    var result = EstimatorResult()
    let share = 1 / Double(step.samples)
    for index in 0..<step.samples {
      let weights = sampler.sample(step.posterior, key: step.key.folded(index))
      let outputs = pass.forward(weights, inputs: step.inputs, rows: step.rows)
      let (value, logNoiseDerivative) = model.likelihood.negativeLogLikelihood(
        outputs: outputs, targets: step.targets, rows: step.rows, columns: model.network.outputs, noise: step.noise,
        gradient: pass.outputGradient, weight: share)
      pass.backward(weights, inputs: step.inputs, rows: step.rows, into: sampler.gradient.base)
      result.value += share * value
      result.logNoiseDerivative += share * logNoiseDerivative
      result.complexity += share * sampler.pullBack(step, prior: model.prior, isFirst: index == 0)
    }
    if let weight = step.complexityWeight { result.complexity += sampler.finish(step, weight: weight) }
    return result
  }
}
