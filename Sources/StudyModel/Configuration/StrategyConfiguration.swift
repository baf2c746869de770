extension SweepConfiguration {
  /// How the points of the space are chosen.
  package struct Strategy: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case grid, random, sobol
      case gaussianProcess = "gaussian-process"
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
    package init() {}
  }
}
