import Foundation

/// Leave-one-out cross-validation by Pareto-smoothed importance sampling (Vehtari, Gelman and Gabry 2017): no model is
/// trained again. The ratios of point i are 1 / p(y_i | w_s).
public struct ParetoLeaveOneOut: Hashable, Sendable {
  /// log p(y_i | the other points), with the errors of their sum.
  public let density: ExpectedLogDensity
  /// k-hat of every point.
  public let shapes: [Double]
  /// p_loo = lppd - elpd, the effective number of parameters.
  public let effectiveParameters: Double

  /// The largest k-hat; NaN where a likelihood is.
  public var largestShape: Double {
    shapes.contains(where: \.isNaN) ? .nan : shapes.reduce(-.infinity, max)
  }

  /// The points whose k-hat is above 0.7, or undefined: for them the model should be trained again without the point.
  public var doubtfulPoints: [Int] { shapes.indices.filter { !(shapes[$0] <= ParetoSmoothedWeights.trustedShape) } }
}

extension PointwiseLogLikelihood {
  /// PSIS-LOO of points that the samples' posterior has seen. The Monte-Carlo error holds where k-hat is below 0.7.
  ///
  /// - Parameter relativeEfficiency: See `ParetoSmoothedWeights`.
  public func leaveOneOut(relativeEfficiency: Double = 1) -> ParetoLeaveOneOut {
    var shapes: [Double] = []
    var predictive = 0.0
    let density = estimate { column, influence in
      predictive += logMeanExp(column)
      let weights = ParetoSmoothedWeights(
        logRatios: column.map { -$0 }, relativeEfficiency: relativeEfficiency)
      shapes.append(weights.shape)
      let terms = zip(weights.logWeights, column).map { $0.0 + $0.1 }
      let value = logSumExp(terms)
      // d log(sum_s w_s L_s) for normalised weights: w_s (L_s / mean - 1).
      for sample in column.indices {
        influence[sample] += exp(terms[sample] - value) - exp(weights.logWeights[sample])
      }
      return value
    }
    return ParetoLeaveOneOut(
      density: density, shapes: shapes, effectiveParameters: predictive - density.total.value)
  }
}
