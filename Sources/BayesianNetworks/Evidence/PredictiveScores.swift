public import Probability

/// The scores of a predictive distribution on some data, in the units of the targets.
public enum PredictiveScores: Sendable {
  /// The scores and the mean of the noise scale as the network sees the targets, and the targets' units.
  case regression(RegressionScores, noise: Double, scaling: TargetScaling)
  case classification(ClassificationScores)

  /// `lppd`, `nll`, `ece`, `rmse` or `error`, and `noise` of a regression.
  public var values: [String: Double] {
    switch self {
    case .regression(let scores, let noise, let scaling):
      var values = Self.values(of: scores, scaling: scaling)
      values["noise"] = noise * scaling.scale
      return values
    case .classification(let scores): return Self.values(of: scores)
    }
  }

  /// The Monte Carlo standard errors of `values`, without `noise`, as `lppd_standard_error` and so on: standard deviations
  /// under other posterior samples with the same data. Of a sample set, an ensemble or a chain, they are over its members;
  /// correlation between samples of a chain is counted within a group of successive ones alone (see `JackknifeGroups`), so
  /// that they are too small where the chain forgets slowly.
  ///
  /// Those of a classification's `error` and `ece` tend to be too large: points that change their class or their bin make
  /// the scores jump, and the jackknife needs smoothness or large groups (Shao and Wu 1989). In the tests `error` has about
  /// 1.4 times its error, `ece` two to three times.
  ///
  /// Empty where there is one sample or a closed form, or where the scores were collected without errors.
  public var standardErrors: [String: Double] {
    let errors =
      switch self {
      case .regression(let scores, _, let scaling):
        scores.monteCarloErrors { Self.values(of: $0, scaling: scaling) }
      case .classification(let scores): scores.monteCarloErrors { Self.values(of: $0) }
      }
    return Dictionary(uniqueKeysWithValues: errors.map { ("\($0.key)_standard_error", $0.value) })
  }

  /// The Brier score of a classification with its Monte Carlo standard error, as in `standardErrors`; nil of a regression.
  public var brierScore: Estimate? {
    guard case .classification(let scores) = self else { return nil }
    let errors = scores.monteCarloErrors { ["brier": $0.brierScore.value] }
    return Estimate(scores.brierScore.value, standardError: errors["brier"])
  }

  private static func values(of scores: RegressionScores, scaling: TargetScaling) -> [String: Double] {
    let shift = Double(scores.outputs) * scaling.logScale
    return [
      "lppd": scores.lppd - shift, "nll": scores.negativeLogLikelihood + shift, "ece": scores.calibrationError,
      "rmse": scores.rmse * scaling.scale,
    ]
  }

  private static func values(of scores: ClassificationScores) -> [String: Double] {
    [
      "lppd": scores.lppd, "nll": scores.negativeLogLikelihood, "ece": scores.calibrationError,
      "error": scores.errorRate,
    ]
  }
}
