public import Probability

/// How good a predictive distribution is on some data, in two numbers: what the curves of an analysis show.
public struct PredictiveQuality: Hashable, Codable, Sendable {
  /// Log pointwise predictive density, mean over the points.
  public var lppd: Double
  /// The part of the points that is classified wrongly, or the root mean square error of a regression.
  public var error: Double

  public init(lppd: Double, error: Double) {
    self.lppd = lppd
    self.error = error
  }

  /// The part of the points that is classified rightly.
  public var accuracy: Double { 1 - error }

  /// Scores a predictive distribution with the samples, the key and the units of an evaluation.
  public init<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, evaluation: Evaluation
  ) {
    let scores = evaluation.scores(of: predictive, data: data) { _ in }
    guard let lppd = scores["lppd"], let error = scores["error"] ?? scores["rmse"] else {
      preconditionFailure("an evaluation always has the score lppd, and error or rmse")
    }
    self.init(lppd: lppd, error: error)
  }
}
