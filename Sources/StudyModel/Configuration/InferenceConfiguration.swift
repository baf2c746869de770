/// How the posterior over the weights is found, and the prior.
package struct InferenceConfiguration: Hashable, Sendable {
  package enum Method: String, Hashable, Sendable, CaseIterable {
    case maximumLikelihood = "maximum-likelihood"
    case maximumAPosteriori = "maximum-a-posteriori"
    case monteCarloDropout = "monte-carlo-dropout"
    case deepEnsemble = "deep-ensemble"
    case bayesByBackprop = "bayes-by-backprop"
    case radial
    case sgld
    case preconditionedSGLD = "preconditioned-sgld"
    case cyclicalSGLD = "cyclical-sgld"
    case swa
    case swag
    case hwa
    case ivon
    /// Implicit weights: a hypernetwork maps noise to weights.
    case hypernetwork
    case laplace
  }

  package enum Estimator: String, Hashable, Sendable, CaseIterable {
    case weightSampling = "weight-sampling"
    case localReparameterization = "local-reparameterization"
    case flipout
  }

  /// How the complexity cost KL[q || prior] is computed.
  package enum Complexity: String, Hashable, Sendable, CaseIterable {
    /// In closed form where there is one (Gaussian and Laplace priors), by sampling otherwise.
    case automatic
    /// log q(w) - log p(w) at the sampled weights, as in the paper.
    case sampled
  }

  package struct Prior: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case gaussian
      case scaleMixture = "scale-mixture"
      case laplace
      /// A Gaussian whose mean and variance are refitted greedily to the posterior after each step (Graves 2011).
      case graves
    }

    /// Which weights share a scale of the Gaussian.
    package enum Grouping: String, Hashable, Sendable, CaseIterable {
      /// Those of each layer with weights, biases included.
      case layer
      /// None: every weight has its own.
      case weight
    }

    /// pi N(0, s1^2) + (1 - pi) N(0, s2^2)
    package struct Mixture: Hashable, Sendable {
      /// pi, the weight of the wide component.
      package var weight = 0.5
      /// ln s1; without it s1 is `prior.scale`.
      package var wide: Double?
      /// ln s2.
      package var narrow = -6.0
      package init() {}
    }

    package var kind = Kind.gaussian
    /// Standard deviation of the Gaussian, b of the Laplace distribution, s1 of the mixture.
    package var scale = 1.0
    /// nil: all weights share one, or those of a layer where there are `scales`.
    package var per: Grouping?
    /// Of the first groups of weights; the others have `scale`.
    package var scales: [Double]?
    package var mixture = Mixture()
    package init() {}

    /// Which weights share a scale; nil where all do.
    package var grouping: Grouping? { kind == .gaussian ? per ?? (scales == nil ? nil : .layer) : nil }
  }

  package struct Initialization: Hashable, Sendable {
    /// How the means start.
    package enum Scheme: String, Hashable, Sendable, CaseIterable {
      /// mu ~ U(-mean, mean), as in the paper.
      case uniform
      /// By the fan-in of each layer (He et al. 2015); see `PosteriorInitialization.Means`.
      case fanIn = "fan-in"
    }

    /// nil: as `Method.initialization` says.
    package var scheme: Scheme?
    /// `uniform`: mu ~ U(-mean, mean).
    package var mean = 0.2
    /// rho ~ U(low, high).
    package var rhoLow = -5.0
    package var rhoHigh = -4.0
    package init() {}
  }

  package var method = Method.bayesByBackprop
  package var estimator = Estimator.localReparameterization
  package var complexity = Complexity.automatic
  /// Posterior samples for each training step.
  package var samples = 1
  /// Posterior samples for the scores. With few, the lppd is too low on average (Jensen's inequality).
  package var evaluationSamples = 100
  /// T: the weight of the complexity, and of the noise of a chain; the posterior is proportional to
  /// (likelihood x prior)^(1/T), or KL[q || prior] has the weight T. Evidence is defined at 1 alone.
  package var temperature = 1.0
  /// Variational methods: epochs in which the weight of the complexity grows from 0 to the whole.
  package var klWarmupEpochs = 0
  /// `deep-ensemble`: how many networks are trained.
  package var members = 5
  package var langevin = Langevin()
  package var averaging = Averaging()
  package var ivon = IVON()
  package var hypernetwork = Hypernetwork()
  package var laplace = Laplace()
  package var prior = Prior()
  package var initialization = Initialization()
  package init() {}
}
