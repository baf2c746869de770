package import Autodiff
import Foundation
package import Probability
package import Tensors

/// The prior scales of a network, and the noise of its likelihood, chosen by validation: the point estimate w of the weights
/// minimises
///
///     L(w, h) = -log p(training targets | w) - log N(w; 0, diag exp(2 s))
///
/// and Q is the negative log likelihood of the validation examples. The hyperparameters are the logarithms s of the prior
/// scales, one for each group of weights, and then, where the likelihood's noise is learned, its logarithm. L has all that
/// depends on w or on h, constants included: it is the negative log joint density.
package struct RegularizedNetworkProblem<Scalar: DensityScalar>: BilevelProblem {
  package let network: Network
  package let likelihood: Likelihood
  package let grouping: ScaleGrouping
  package let training: Examples<Scalar>
  package let validation: Examples<Scalar>
  package let initialization: PosteriorInitialization

  /// - Parameters:
  ///   - likelihood: A noise scale that is learned is a hyperparameter here, not a weight.
  ///   - initialization: Its means are where the weights start.
  package init(
    _ network: Network, likelihood: Likelihood, grouping: ScaleGrouping, training: Examples<Scalar>,
    validation: Examples<Scalar>, initialization: PosteriorInitialization = .init(means: .fanIn)
  ) {
    self.network = network
    self.likelihood = likelihood
    self.grouping = grouping
    self.training = training
    self.validation = validation
    self.initialization = initialization
  }

  package var weightCount: Int { network.parameterCount }
  package var scaleCount: Int { grouping.count(network) }
  package var hyperparameterCount: Int { scaleCount + likelihood.parameterCount }

  package func initialWeights(key: RandomKey) -> Vector<Scalar> {
    let start: DiagonalGaussian<Scalar> = initialization.posterior(of: network, key: key)
    return start.mean
  }

  package func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    let misfit = negativeLogLikelihood(
      examples, weights: weights, hyperparameters: hyperparameters, dropoutLabels: network.hasDropout ? noise : nil)
    let scale = Scalar(Double(training.count) / Double(examples.rows))
    return misfit * scale - logPrior(weights, hyperparameters: hyperparameters)
  }

  package func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    let misfit = negativeLogLikelihood(
      examples, weights: weights, hyperparameters: hyperparameters, dropoutLabels: nil)
    return misfit * Scalar(Double(validation.count) / Double(examples.rows))
  }

  /// -log p(targets | w), summed over the rows.
  private func negativeLogLikelihood(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>,
    dropoutLabels: [Int]?
  ) -> Variable<Scalar> {
    let layers = network.affineLayers.map { weights.slice(from: $0.start, shape: [$0.parameterCount]) }
    let logNoise = likelihood.parameterCount > 0 ? hyperparameters.slice(from: scaleCount, shape: []) : nil
    return likelihood.negativeLogLikelihood(
      outputs: network.outputs(of: examples.inputs, weights: layers, dropoutLabels: dropoutLabels),
      targets: examples.targets, examples: examples.rows, logNoise: logNoise)
  }

  /// log N(w; 0, diag exp(2 s))
  private func logPrior(_ weights: Variable<Scalar>, hyperparameters: Variable<Scalar>) -> Variable<Scalar> {
    switch grouping {
    case .global:
      return GaussianPrior.logDensity(weights, logScale: hyperparameters.slice(from: 0, shape: []))
    case .layers:
      return Variable.sum(
        of: network.affineLayers.map { layer in
          GaussianPrior.logDensity(
            weights.slice(from: layer.start, shape: [layer.parameterCount]),
            logScale: hyperparameters.slice(from: layer.index, shape: []))
        })
    case .weights:
      let logScales = hyperparameters.slice(from: 0, shape: [scaleCount])
      let constant = -Scalar(Double(scaleCount) * 0.5 * log(2 * Double.pi))
      return (weights * (-logScales).exp()).squared().sum() * -0.5 - logScales.sum() + constant
    }
  }
}
