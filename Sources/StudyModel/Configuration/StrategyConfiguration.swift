extension SweepConfiguration {
  /// How the points of the space are chosen.
  package struct Strategy: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case grid, random, sobol
      case gaussianProcess = "gaussian-process"
      case hypernetwork
    }

    /// How a hypernetwork learns the weights' best response to the hyperparameters.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
      /// Self-tuning networks (MacKay et al. 2019; Bae and Grosse 2020).
      case structured
      /// Over the whole region (Lorraine and Duvenaud 2018, algorithm 2).
      case global
      /// Around the current hyperparameters (algorithm 3).
      case local
      /// Without perturbations (algorithm 4): its answer depends on where it starts.
      case localFixed = "local-fixed"
    }

    /// What a Gaussian process maximises to choose the next point.
    package enum Acquisition: String, Hashable, Sendable, CaseIterable {
      case logNoisyExpectedImprovement = "log-noisy-expected-improvement"
      case logExpectedImprovement = "log-expected-improvement"
      case logProbabilityOfImprovement = "log-probability-of-improvement"
      case upperConfidenceBound = "upper-confidence-bound"
      case thompsonSampling = "thompson-sampling"
    }

    package enum Kernel: String, Hashable, Sendable, CaseIterable {
      case matern52 = "matern-5/2"
      case rbf
    }

    package var kind = Kind.random
    /// The budget. A grid without it is searched whole.
    package var trials: Int?
    /// Points that are tried first, whatever the kind.
    package var enqueue: [JSONValue] = []
    package var acquisition = Acquisition.logNoisyExpectedImprovement
    package var kernel = Kernel.matern52
    /// Trials before the model chooses: the centre of the space, then a scrambled Sobol sequence.
    package var startup: Int?
    /// Improvement per second instead of improvement.
    package var perSecond = false
    /// Whether a point may be tried again, where the outcomes are noisy.
    package var replicates = false
    package var mode = Mode.structured
    /// Trials that explore.
    package var explorations: Int?
    /// Epochs of an exploration; nil: as many as those of a training.
    package var explorationEpochs: Int?
    package init() {}
  }
}
