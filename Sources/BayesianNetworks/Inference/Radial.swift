public import Probability
public import Tensors

/// Variational inference with a radial posterior (Farquhar, Osborne and Gal 2020, "Radial Bayesian neural networks:
/// beyond discrete support in large-scale Bayesian deep learning").
///
/// - Hyperparameters: S samples of a step; the model's prior.
/// - State: a mean and a rho for each weight; a scale is softplus(rho). The likelihood's own parameters are points.
/// - Start: from the initialisation.
/// - Step: down the gradient of `RadialObjective`; each layer is a region of `RadialPosterior`.
public struct Radial: InferenceMethod, Hashable {
  public var samples: Int

  public init(samples: Int = 1) {
    self.samples = samples
  }

  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    RadialObjective(model, samples: samples, initialization: initialization, maximumRows: maximumRows)
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> { iterate(of: state, model: model) }

  public func iterate<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel
  ) -> any Posterior<Scalar> {
    RadialPosterior(
      state.posterior(of: model), regions: model.network.affineLayers.map(\.range),
      tail: state.parameters[(2 * model.network.parameterCount)..<state.parameters.count])
  }
}
