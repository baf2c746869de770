package import StudyModel

/// What the model of a search expected of a trial when it chose it, from the trials that had ended by then.
package struct TrialPrediction: Hashable, Sendable {
  /// Of the objective, in its own units.
  package var mean: Double
  /// How uncertain the model was of the objective there, without the noise of the runs.
  package var standardDeviation: Double
  /// The same with the noise that the model expected in the outcome of the trial.
  package var outcomeStandardDeviation: Double?

  package init(mean: Double, standardDeviation: Double, outcomeStandardDeviation: Double? = nil) {
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.outcomeStandardDeviation = outcomeStandardDeviation
  }

  /// - Parameter note: The trial's, as the coordinator stores it:
  ///   `{"strategy": {"mean": ..., "standardDeviation": ..., "outcomeStandardDeviation": ...}, ...}`.
  /// - Returns: Nil where no model chose the trial: one of the first, one that a user put there, another strategy's.
  package init?(note: JSONValue?) {
    guard let strategy = note?.object?["strategy"]?.object, let mean = strategy["mean"]?.double,
      let deviation = strategy["standardDeviation"]?.double
    else { return nil }
    self.init(
      mean: mean, standardDeviation: deviation,
      outcomeStandardDeviation: strategy["outcomeStandardDeviation"]?.double)
  }

  /// In the form of a mean with its standard error.
  var measure: Aggregate {
    Aggregate(mean: mean, standardDeviation: standardDeviation * 2.0.squareRoot(), count: 2)
  }

  /// How many standard deviations an outcome is above the prediction; about a standard normal number where the model is
  /// right. Nil where the noise that the model expected is not known.
  package func deviations(of outcome: Double?) -> Double? {
    guard let outcome, let width = outcomeStandardDeviation, width > 0 else { return nil }
    let deviations = (outcome - mean) / width
    return deviations.isFinite ? deviations : nil
  }
}

extension TrialRecord {
  package var prediction: TrialPrediction? { TrialPrediction(note: note) }
}
