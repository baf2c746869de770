public import Probability
public import Tensors

/// Bayes by Backprop: stochastic variational inference with a diagonal Gaussian posterior.
///
/// Minimises, with the reparameterisation w = mean + softplus(rho) * noise, the loss of a minibatch of B of N examples
///
///     loss = (1/S) sum_s [ -log p(minibatch | w_s) ] + (B / N) complexity,      complexity = KL[q || prior]
///
/// The likelihood is a sum over the minibatch and the complexity is weighted by the minibatch's part of the data, so
/// that the losses of an epoch add up to the negative evidence lower bound.
///
/// - Hyperparameters: the estimator, S, how the complexity is computed; the model's prior.
/// - State: a mean and a rho for each weight; the likelihood's own parameters, which are points.
/// - Start: from the initialisation.
/// - Step: down the gradient of the loss; see `VariationalObjective`.
///
/// Blundell, Cornebise, Kavukcuoglu and Wierstra, "Weight uncertainty in neural networks" (2015), with -log P(w) in the
/// loss and a step down the gradient; Kingma, Salimans and Welling, "Variational dropout and the local
/// reparameterization trick" (2015).
public struct BayesByBackprop: Hashable, Sendable {
  public enum Estimator: String, Hashable, Sendable, CaseIterable {
    /// One sample of all weights, shared by the minibatch, for each of the S samples.
    case weightSampling
    /// Activations sampled for each example: mean x mu, variance x^2 sigma^2 (Kingma et al. 2015, eq. 6).
    case localReparameterization
    /// One perturbation of the weights for each sample, with random signs for each example (Wen et al. 2018).
    case flipout
  }

  public enum Complexity: String, Hashable, Sendable, CaseIterable {
    /// KL[q || prior] in closed form where the prior has one; sampled otherwise.
    case automatic
    /// log q(w) - log p(w) at sampled weights (Blundell et al. 2015, eq. 2). Local reparameterisation samples no
    /// weights: they are sampled for this alone.
    case sampled
  }

  public var estimator: Estimator
  public var complexity: Complexity
  /// S, the posterior samples of a training step; a training with fewer than one throws `TrainingError`.
  public var samples: Int
  /// Whether the prior is refitted to the posterior before each step (Graves 2011): instead of the model's prior it is
  /// N(m, s^2), the same for all weights, with the m and s that diverge least; see `GaussianPrior.init(fittedTo:)`. The
  /// divergence is in closed form then, whatever `complexity` says.
  public var refitsPrior: Bool

  public init(
    estimator: Estimator = .localReparameterization, complexity: Complexity = .automatic, samples: Int = 1,
    refitsPrior: Bool = false
  ) {
    self.estimator = estimator
    self.complexity = complexity
    self.samples = samples
    self.refitsPrior = refitsPrior
  }

  /// The model whose evidence is bounded at a state of the training: the given one, with the prior of the last fit
  /// where it is refitted.
  public func fitted<Scalar: TensorScalar>(
    _ model: BayesianModel, to posterior: DiagonalGaussian<Scalar>
  ) -> BayesianModel {
    guard refitsPrior else { return model }
    return BayesianModel(
      network: model.network, likelihood: model.likelihood, prior: GaussianPrior(fittedTo: posterior))
  }
}

extension BayesByBackprop: InferenceMethod {
  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    VariationalObjective(model, method: self, initialization: initialization, maximumRows: maximumRows)
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> { state.variationalPosterior(of: model) }

  public func iterate<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel
  ) -> any Posterior<Scalar> { state.variationalPosterior(of: model) }
}

/// What is learned: a network, how it explains its targets, and the prior of its weights.
public struct BayesianModel: Sendable {
  public var network: Network
  public var likelihood: Likelihood
  public var prior: any Prior

  public init(network: Network, likelihood: Likelihood, prior: any Prior) {
    self.network = network
    self.likelihood = likelihood
    self.prior = prior
  }

  /// Numbers that training changes: a mean and a rho for each weight, then the likelihood's own parameters.
  public var variationalParameterCount: Int { 2 * network.parameterCount + likelihood.parameterCount }

  /// Numbers of one value of everything that is learned: the weights, then the likelihood's own parameters.
  public var parameterCount: Int { network.parameterCount + likelihood.parameterCount }
}
