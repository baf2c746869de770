extension InferenceConfiguration {
  /// `sgld`, `preconditioned-sgld` and `cyclical-sgld`: x -= rate g + sqrt(2 rate T / N) noise.
  package struct Langevin: Hashable, Sendable {
    /// Fraction of the steps before samples are kept, in [0, 1). Not of `cyclical-sgld`, whose cycles have an
    /// exploration of their own.
    package var burnIn = 0.5
    /// At most so many samples of the chain are kept, evenly spaced.
    package var samples = 50
    /// `cyclical-sgld`: M, the cycles of the learning rate.
    package var cycles = 4
    /// `cyclical-sgld`: fraction of each cycle without noise, in [0, 1).
    package var exploration = 0.8
    /// `preconditioned-sgld`: decay of the mean square of the gradient, and what is added to its root.
    package var preconditionerDecay = 0.99
    package var preconditionerEpsilon = 1e-5
    package init() {}
  }

  /// `swa`, `swag` and `hwa`: what is averaged along the path of the training.
  package struct Averaging: Hashable, Sendable {
    package enum Form: String, Hashable, Sendable, CaseIterable {
      /// The second moment is kept apart: variance = m2 - mean^2, plus the mean of sigma^2. Never negative.
      case corrected
      /// As printed in the paper, where the variance can become negative; for comparison only.
      case printed
    }

    /// Fraction of the steps after which iterates are averaged, in [0, 1).
    package var start = 0.75
    package var everyEpochs = 1
    /// `swag`: K, columns of the low-rank part of the covariance.
    package var rank = 20
    /// `hwa`
    package var form = Form.corrected
    package init() {}
  }

  /// `ivon` (Shen et al. 2024).
  package struct IVON: Hashable, Sendable {
    /// h at the start.
    package var hessian = 0.1
    /// Decay of h.
    package var beta2 = 0.99999
    /// ess in sigma^2 = 1 / (ess (h + delta)); nil is the number of training examples.
    package var effectiveSampleSize: Double?
    package init() {}
  }

  /// `hypernetwork`: weights w = g(noise; theta).
  package struct Hypernetwork: Hashable, Sendable {
    /// How the samples of the likelihood are joined.
    package enum Objective: String, Hashable, Sendable, CaseIterable {
      /// Mean of the logarithms, a lower bound by Jensen's inequality.
      case jensen
      /// Logarithm of the mean over the samples.
      case logMeanExp = "log-mean-exp"
    }

    package var hidden = [100, 50]
    /// Dimension of the noise; nil is that of `noiseDimension`.
    package var inputs: Int?
    /// Standard deviation of the noise at the start; it is learned.
    package var inputScale = 1.0
    /// Standard deviation of learned noise on the inputs of the data, at the start; nil is no noise.
    package var inputNoise: Double?
    /// Rate at which hidden units of the hypernetwork are dropped, in [0, 1).
    package var dropout = 0.5
    package var objective = Objective.jensen
    /// Whether all examples of a minibatch share the generated weights of a sample, instead of one set for each example
    /// as in the paper.
    package var sharesSamples = false
    package init() {}

    /// `inputs`, or as many as the first hidden layer has units, or 1 without one.
    package var noiseDimension: Int { inputs ?? hidden.first ?? 1 }
  }

  /// `laplace`: a Gaussian around the maximum a posteriori.
  package struct Laplace: Hashable, Sendable {
    package enum Curvature: String, Hashable, Sendable, CaseIterable {
      case kronecker, full, diagonal
    }

    package enum Scope: String, Hashable, Sendable, CaseIterable {
      case all
      case lastLayer = "last-layer"
    }

    package enum Predictive: String, Hashable, Sendable, CaseIterable {
      case linearized, sampled
    }

    package var curvature = Curvature.kronecker
    package var scope = Scope.all
    package var predictive = Predictive.linearized
    /// Whether the precision of the prior is chosen by the marginal likelihood.
    package var tunePrior = true
    package init() {}
  }
}
