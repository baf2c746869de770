import StudyModel

/// Whether two metrics choose the same trial, and what following the one costs in the other.
///
/// Made for evidence (the ELBO, on the training data) against validation (the log predictive density and its like, on
/// data that was held out). Where they disagree by more than the noise, the model is wrong in some way, or the bound
/// is loose, and the user should know.
package struct Agreement: Hashable, Sendable {
  package enum Verdict: String, Hashable, Sendable {
    /// The same trial wins.
    case same
    /// Different trials win, and the paired difference is at most two standard errors.
    case indistinguishable
    /// Different trials win by more than two standard errors.
    case different
    /// Different trials win, and with a single run per trial nothing is known of the noise.
    case unknown
  }

  package let evidence: Ranking
  package let validation: Ranking
  /// How much worse the winner by evidence is by the validation metric.
  package let validationLoss: PairedDifference
  /// How much worse the winner by validation is by evidence.
  package let evidenceLoss: PairedDifference
  /// Spearman's rank correlation of the two metrics over all trials, 1 when they order the trials alike whatever the
  /// direction of each.
  package let rankCorrelation: Double?

  /// Nil unless both rankings have a winner with the runs of the other.
  package init?(evidence: Ranking, validation: Ranking) {
    guard let chosen = evidence.best, let best = validation.best,
      let validationLoss = PairedDifference(
        of: chosen.trial, from: best.trial, metric: validation.metric, goal: validation.goal),
      let evidenceLoss = PairedDifference(
        of: best.trial, from: chosen.trial, metric: evidence.metric, goal: evidence.goal)
    else { return nil }
    self.evidence = evidence
    self.validation = validation
    self.validationLoss = validationLoss
    self.evidenceLoss = evidenceLoss
    let pairs = evidence.standings.compactMap { standing in
      standing.trial.metrics[validation.metric].map { (standing.value.mean, $0.mean) }
    }
    let correlation = ModelSelection.rankCorrelation(pairs.map(\.0), pairs.map(\.1))
    rankCorrelation = evidence.goal == validation.goal ? correlation : correlation.map { -$0 }
  }

  package var verdict: Verdict {
    if evidence.best?.trial.number == validation.best?.trial.number { return .same }
    guard let standardError = validationLoss.standardError else { return .unknown }
    return validationLoss.mean <= 2 * standardError ? .indistinguishable : .different
  }
}
