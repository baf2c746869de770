/// The scores of a network, as an objective names them. Standard errors and other diagnostics go beside them in the
/// results of a run, under names of their own (`elbo_standard_error`), and are no objectives.
package enum NetworkMetric: Hashable, Sendable {
  /// Evidence lower bound: expected log likelihood of the training data minus complexity.
  case elbo
  case elboLikelihood
  case elboComplexity
  /// The importance-weighted bound of the evidence.
  case importanceWeightedELBO
  case laplaceEvidence
  case exactEvidence
  /// The evidence by annealed importance sampling.
  case aisEvidence
  /// Conditional log marginal likelihood.
  case clml
  /// The widely applicable information criterion as an expected log predictive density: a sum over the training data,
  /// where more is better.
  case waic
  /// Pareto-smoothed leave-one-out, on the same scale.
  case psisLOO
  /// The greatest k-hat of PSIS-LOO; above 0.7 the estimate is not to be trusted.
  case kHat
  /// Log pointwise predictive density, on validation data.
  case lppd
  /// Negative log likelihood of an example, on validation data. Of a regression -log N(y; predictive mean, predictive
  /// variance) (Lakshminarayanan et al. 2017); of a classification -lppd.
  case nll
  /// Root mean squared error, in the units of the target.
  case rmse
  /// Part of the validation data that is classified wrongly.
  case error
  /// Sum over the classes of (probability - indicator)^2, the mean over the validation data.
  case brier
  /// Expected calibration error.
  case ece
  /// The error on inputs that the fast gradient sign method moved.
  case fgsmError(epsilon: Double)
  /// The error after a fraction of the weights was set to 0.
  case prunedError(fraction: Double)
  case prunedRMSE(fraction: Double)

  package typealias Goal = SweepConfiguration.Objective.Goal

  package var goal: Goal {
    switch self {
    case .elbo, .elboLikelihood, .importanceWeightedELBO, .laplaceEvidence, .exactEvidence, .aisEvidence, .clml, .waic,
      .psisLOO, .lppd:
      .maximize
    case .elboComplexity, .kHat, .nll, .rmse, .error, .brier, .ece, .fgsmError, .prunedError, .prunedRMSE: .minimize
    }
  }

  /// Whether it is log evidence, or a bound or an estimate of it: of the training data under the prior.
  package var isEvidence: Bool {
    switch self {
    case .elbo, .importanceWeightedELBO, .laplaceEvidence, .exactEvidence, .aisEvidence, .clml: true
    default: false
    }
  }

  /// The one likelihood that has the metric; nil if both have it.
  package var likelihood: ModelConfiguration.Likelihood.Kind? {
    switch self {
    case .rmse, .exactEvidence, .prunedRMSE: .gaussian
    case .error, .brier, .fgsmError, .prunedError: .categorical
    default: nil
    }
  }

  /// The extra score that gives the metric; nil for those that every run has, if its method has them at all.
  package var score: EvaluationConfiguration.Score? {
    switch self {
    case .importanceWeightedELBO: .importanceWeighted
    case .laplaceEvidence: .laplaceEvidence
    case .exactEvidence: .exactEvidence
    case .aisEvidence: .ais
    case .clml: .clml
    case .waic: .waic
    case .psisLOO, .kHat: .psisLOO
    case .brier: .brier
    case .fgsmError: .fgsm
    case .prunedError, .prunedRMSE: .pruning
    case .elbo, .elboLikelihood, .elboComplexity, .lppd, .nll, .rmse, .error, .ece: nil
    }
  }

  /// The end of the names of Monte Carlo errors: `elbo_standard_error`.
  package static let standardErrorSuffix = "_standard_error"
}
