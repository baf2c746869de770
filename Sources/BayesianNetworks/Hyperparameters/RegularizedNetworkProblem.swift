package import Probability
import Tensors

/// A point estimate of which the prior's scales are chosen, and the noise where the likelihood says that it is learned.
package typealias RegularizedNetworkProblem<Scalar: DensityScalar> = PointEstimateProblem<Scalar>

extension PointEstimateProblem {
  /// The prior's scales are chosen, and a noise scale that is learned is a hyperparameter here, not a weight.
  ///
  /// - Parameter initialization: Its means are where the weights start.
  package init(
    _ network: Network, likelihood: Likelihood, grouping: ScaleGrouping, training: Examples<Scalar>,
    validation: Examples<Scalar>, initialization: PosteriorInitialization = .init(means: .fanIn)
  ) {
    self.init(
      network, likelihood, prior: .gaussian(grouping), tuning: likelihood.parameterCount > 0 ? [.noise] : [],
      training: training, validation: validation, initialization: initialization)
  }
}
