import Foundation

/// The widely applicable information criterion (Watanabe 2010) on the scale of log densities: larger is better, and -2
/// times it is the deviance form. The sum over the points of lppd_i - p_i, with p_i the variance over the samples of
/// log p(y_i | w_s) (p_waic2 of Gelman, Hwang and Vehtari 2014, S - 1 in its denominator).
public struct WidelyApplicableInformationCriterion: Hashable, Sendable {
  /// lppd_i - p_i, with the errors of their sum.
  public let density: ExpectedLogDensity
  /// p_i
  public let parameters: [Double]

  /// p_waic, the effective number of parameters.
  public var effectiveParameters: Double { parameters.reduce(0, +) }

  /// The points with p_i above 0.4, for which the criterion is not to be trusted (Vehtari, Gelman and Gabry 2017).
  public var doubtfulPoints: Int { parameters.count { !($0 <= 0.4) } }
}

extension PointwiseLogLikelihood {
  /// WAIC; at least two samples.
  public var waic: WidelyApplicableInformationCriterion {
    precondition(samples >= 2, "a variance over the posterior samples needs two of them, got \(samples)")
    let s = Double(samples)
    var parameters: [Double] = []
    let density = estimate { column, influence in
      let value = logMeanExp(column)
      let mean = column.reduce(0, +) / s
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (s - 1)
      parameters.append(variance)
      for sample in column.indices {
        let difference = column[sample] - mean
        influence[sample] += (exp(column[sample] - value) - 1 - (difference * difference - variance)) / s
      }
      return value - variance
    }
    return WidelyApplicableInformationCriterion(density: density, parameters: parameters)
  }
}
