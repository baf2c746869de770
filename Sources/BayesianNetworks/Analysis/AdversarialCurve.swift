public import Probability
public import Tensors

/// What a network still predicts when its inputs are moved against it: the accuracy for each epsilon of the fast gradient
/// sign method.
public struct AdversarialCurve: Hashable, Codable, Sendable {
  public struct Point: Hashable, Codable, Sendable {
    /// How far each input is moved at most.
    public var epsilon: Double
    public var quality: PredictiveQuality
  }

  public let points: [Point]
}

extension FastGradientSign {
  /// Scores a predictive distribution on the examples moved by epsilon along given directions.
  ///
  /// - Parameter directions: Those of the posterior that is scored, or of another model.
  public func point<Scalar: DensityScalar>(
    epsilon: Double, of predictive: any Predictive<Scalar>, data: Examples<Scalar>, along directions: Matrix<Scalar>,
    evaluation: Evaluation
  ) -> AdversarialCurve.Point {
    // Data that is not attacked stays as it is, whatever the range.
    let moved = epsilon == 0 ? data : examples(data, along: directions, epsilon: epsilon)
    return AdversarialCurve.Point(
      epsilon: epsilon, quality: PredictiveQuality(of: predictive, data: moved, evaluation: evaluation))
  }

  /// `point` for each epsilon.
  public func curve<Scalar: DensityScalar>(
    epsilons: [Double], of predictive: any Predictive<Scalar>, data: Examples<Scalar>,
    along directions: Matrix<Scalar>, evaluation: Evaluation
  ) -> AdversarialCurve {
    AdversarialCurve(
      points: epsilons.map {
        point(epsilon: $0, of: predictive, data: data, along: directions, evaluation: evaluation)
      })
  }

  /// Attacks a posterior through its own gradient and scores it. The attack and the scores each have their own number of
  /// samples and key.
  public func curve<Scalar: DensityScalar>(
    epsilons: [Double], of posterior: any Posterior<Scalar>, model: BayesianModel, data: Examples<Scalar>,
    evaluation: Evaluation
  ) -> AdversarialCurve {
    curve(
      epsilons: epsilons, of: MonteCarloPredictive(posterior, model: model, blockRows: evaluation.blockRows),
      data: data, along: directions(of: posterior, model: model, data: data), evaluation: evaluation)
  }
}
