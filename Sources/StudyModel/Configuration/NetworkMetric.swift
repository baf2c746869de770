/// The scores of a network on validation data, as an objective names them.
package enum NetworkMetric: String, Hashable, Sendable, CaseIterable {
  /// Evidence lower bound: expected log likelihood of the training data minus complexity.
  case elbo
  case elboLikelihood = "elbo_likelihood"
  case elboComplexity = "elbo_complexity"
  /// Log pointwise predictive density, on validation data.
  case lppd
  /// Negative log likelihood of an example, on validation data. Of a regression -log N(y; predictive mean, predictive
  /// variance) (Lakshminarayanan et al. 2017); of a classification -lppd.
  case nll
  /// Root mean squared error, in the units of the target.
  case rmse
  /// Part of the validation data that is classified wrongly.
  case error
  /// Expected calibration error.
  case ece

  package var goal: SweepConfiguration.Objective.Goal {
    switch self {
    case .elbo, .elboLikelihood, .lppd: .maximize
    case .elboComplexity, .nll, .rmse, .error, .ece: .minimize
    }
  }

  /// The one likelihood that has the metric; nil if both have it.
  package var likelihood: ModelConfiguration.Likelihood.Kind? {
    switch self {
    case .rmse: .gaussian
    case .error: .categorical
    case .elbo, .elboLikelihood, .elboComplexity, .lppd, .nll, .ece: nil
    }
  }
}
