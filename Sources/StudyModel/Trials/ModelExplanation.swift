/// What a strategy's model believes of the objective: values for tables and exports.
package struct ModelExplanation: Hashable, Sendable {
  /// How much a dimension matters.
  package struct Dimension: Hashable, Sendable {
    package var name: String
    /// In units of the dimension's whole range, on its scale: the outcome changes over this distance.
    package var lengthScale: Double
    /// Inverse length scales, normalised to sum 1.
    package var importance: Double
    /// The share of the variance of the predicted outcome over the space that the dimension explains by itself, and with
    /// all its interactions (Sobol 1993).
    package var mainEffect: Double
    package var totalEffect: Double

    package init(name: String, lengthScale: Double, importance: Double, mainEffect: Double, totalEffect: Double) {
      self.name = name
      self.lengthScale = lengthScale
      self.importance = importance
      self.mainEffect = mainEffect
      self.totalEffect = totalEffect
    }
  }

  /// A point and what the model predicts there, in the units of the objective.
  package struct Prediction: Hashable, Sendable {
    package var point: Point
    package var mean: Double
    package var standardDeviation: Double

    package init(point: Point, mean: Double, standardDeviation: Double) {
      self.point = point
      self.mean = mean
      self.standardDeviation = standardDeviation
    }
  }

  /// Each trial as predicted from all others.
  package struct LeaveOneOut: Hashable, Sendable {
    /// 1 - mean squared error / variance, on the model's scale: 1 is perfect, 0 no better than the mean, less is worse.
    package var explainedVariance: Double
    /// The share of the trials inside their central 90 % interval.
    package var coverage90: Double
    /// The mean log density of a trial, on the model's scale (standardised: -1.42 without any knowledge).
    package var logDensity: Double

    package init(explainedVariance: Double, coverage90: Double, logDensity: Double) {
      self.explainedVariance = explainedVariance
      self.coverage90 = coverage90
      self.logDensity = logDensity
    }
  }

  /// Where the search would look next.
  package struct Next: Hashable, Sendable {
    package var prediction: Prediction
    /// That the true value there is better than the best predicted one of all trials.
    package var probabilityOfImprovement: Double
    /// The standard deviation there, as a share of that over the space before any trial: how little is known.
    package var novelty: Double

    package init(prediction: Prediction, probabilityOfImprovement: Double, novelty: Double) {
      self.prediction = prediction
      self.probabilityOfImprovement = probabilityOfImprovement
      self.novelty = novelty
    }
  }

  package var metric: String
  package var goal: SweepConfiguration.Objective.Goal
  /// Trials with an outcome, and trials without one.
  package var trials: Int
  package var failures: Int
  package var kernel: String
  /// The standard deviation of the noise that the model learned, as a share of that of the outcomes on its scale.
  package var noise: Double
  /// Whether bad outcomes are compressed, and inputs are warped.
  package var compressesOutcomes: Bool
  package var warpsInputs: Bool
  package var dimensions: [Dimension]
  package var leaveOneOut: LeaveOneOut?
  /// The greatest predicted mean over the space.
  package var predictedBest: Prediction
  /// The trial of the greatest predicted mean: where chance had no part in it.
  package var bestTrial: Int
  package var bestTrialPrediction: Prediction
  package var next: Next?

  package init(
    metric: String, goal: SweepConfiguration.Objective.Goal, trials: Int, failures: Int, kernel: String, noise: Double,
    compressesOutcomes: Bool, warpsInputs: Bool, dimensions: [Dimension], leaveOneOut: LeaveOneOut?,
    predictedBest: Prediction, bestTrial: Int, bestTrialPrediction: Prediction, next: Next?
  ) {
    self.metric = metric
    self.goal = goal
    self.trials = trials
    self.failures = failures
    self.kernel = kernel
    self.noise = noise
    self.compressesOutcomes = compressesOutcomes
    self.warpsInputs = warpsInputs
    self.dimensions = dimensions
    self.leaveOneOut = leaveOneOut
    self.predictedBest = predictedBest
    self.bestTrial = bestTrial
    self.bestTrialPrediction = bestTrialPrediction
    self.next = next
  }
}
