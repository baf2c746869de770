extension SweepConfiguration {
  /// How the points of the space are chosen.
  package struct Strategy: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case grid, random, sobol
      case gaussianProcess = "gaussian-process"
      case hypernetwork, gradient

      /// Whether some of its trials explore, instead of training at their points.
      package var explores: Bool { self == .hypernetwork || self == .gradient }
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

    /// How the gradient of the objective with respect to the hyperparameters is found.
    package enum Hypergradient: String, Hashable, Sendable, CaseIterable {
      /// Through the last training step (Luketina et al. 2016).
      case greedy
      /// The same by a finite difference (Liu et al. 2019).
      case darts
      /// Through all training steps, which are reversed exactly (Maclaurin et al. 2015).
      case unrolled
      /// Back along the straight line from the start of the training to its end (Fu et al. 2016).
      case drmad
      /// By the implicit function theorem with conjugate gradients (Pedregosa 2016).
      case implicit
      /// The same with Neumann's series (Lorraine et al. 2020).
      case neumann
      /// Of the Laplace evidence at the weights as they are (Immer et al. 2021).
      case onlineLaplace = "online-laplace"
    }

    /// Whose validation loss a descent follows.
    package enum Folds: String, Hashable, Sendable, CaseIterable {
      /// Each fold's own; the folds' answers are averaged.
      case apart
      /// The mean over all folds, whose weights are trained side by side.
      case together
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
    /// Parts that a region is cut into; nil: as wide sides ask for.
    package var regions: Int?
    package var method = Hypergradient.greedy
    /// Of Adam, on the logarithms of scales and the logits of rates; nil: by the number of steps.
    package var hyperLearningRate: Double?
    /// Steps of the hyperparameters; nil: as the method needs.
    package var hyperSteps: Int?
    package var folds = Folds.apart
    /// Whether listed activations, families of priors and widths are chosen within one training first.
    package var relax = false
    package init() {}
  }
}
