/// The extra scores of a trained network: those that cost more than a pass over the data, or that are asked for only at
/// times. No hyperparameters: the section cannot be searched.
package struct EvaluationConfiguration: Hashable, Sendable {
  package enum Score: String, Hashable, Sendable, CaseIterable {
    case brier
    case waic
    /// With its k-hat.
    case psisLOO = "psis-loo"
    /// The importance-weighted bound of the evidence.
    case importanceWeighted = "importance-weighted"
    /// Conditional log marginal likelihood.
    case clml
    case laplaceEvidence = "laplace-evidence"
    case exactEvidence = "exact-evidence"
    /// Annealed importance sampling.
    case ais
    case pruning
    case fgsm
    case calibrationCurve = "calibration-curve"
    case weightHistogram = "weight-histogram"
    case lossPlane = "loss-plane"
    case learningCurve = "learning-curve"
  }

  package struct Pruning: Hashable, Sendable {
    package enum Criterion: String, Hashable, Sendable, CaseIterable {
      /// The least abs(mu) / sigma goes first.
      case signalToNoise = "signal-to-noise"
      /// The greatest exp(-mu^2 / 2 sigma^2) goes first.
      case graves
    }

    package var by = Criterion.signalToNoise
    /// Fractions of the weights that are set to 0, each in [0, 1).
    package var fractions = [0.5, 0.75, 0.95, 0.98]
    package init() {}
  }

  package struct FGSM: Hashable, Sendable {
    /// Steps along the sign of the gradient, in the units of the network's inputs.
    package var epsilons = [0.05, 0.1, 0.2]
    package init() {}
  }

  package struct AIS: Hashable, Sendable {
    /// Steps from the prior to the posterior.
    package var temperatures = 500
    package var chains = 16
    package init() {}
  }

  package struct Conditional: Hashable, Sendable {
    /// Part of the training data that is conditioned on, in (0, 1).
    package var fraction = 0.8
    package init() {}
  }

  /// What the file asks for; `SweepConfiguration.scores` has what the objective needs too.
  package var scores: [Score] = []
  /// `importance-weighted`: samples in the logarithm of the mean.
  package var importanceSamples = 64
  /// Posterior samples for the evidence lower bound; nil: see `SweepConfiguration.elboSamples`.
  package var elboSamples: Int?
  package var conditional = Conditional()
  package var ais = AIS()
  package var pruning = Pruning()
  package var fgsm = FGSM()
  package init() {}
}
