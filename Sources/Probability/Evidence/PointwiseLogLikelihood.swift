import Foundation

/// log p(y_i | w_s) of N points under S posterior samples: what WAIC, leave-one-out and the conditional marginal
/// likelihood are computed from. Filled one sample at a time; holds S x N numbers.
///
/// The samples are taken to be independent. For the draws of a chain, Monte-Carlo standard errors are to be divided by
/// the square root of its relative efficiency.
public struct PointwiseLogLikelihood: Hashable, Sendable {
  /// N
  public let points: Int
  /// S, the samples seen so far.
  public private(set) var samples = 0
  /// Sample after sample.
  private var values: [Double] = []

  /// - Parameter samples: The samples that will come, for which memory is set aside.
  public init(points: Int, samples: Int = 0) {
    precondition(points >= 1, "log likelihoods need at least one point, got \(points)")
    self.points = points
    values.reserveCapacity(points * samples)
  }

  /// - Parameter values: log p(y_i | w_s), one row for each sample.
  public init(_ values: [[Double]]) {
    precondition(!values.isEmpty, "log likelihoods need at least one sample")
    self.init(points: values[0].count, samples: values.count)
    for sample in values { append(sample) }
  }

  /// Adds log p(y_1 | w), ..., log p(y_N | w) of one more sample.
  public mutating func append(_ sample: some Collection<Double>) {
    precondition(sample.count == points, "\(sample.count) log likelihoods for \(points) points")
    values.append(contentsOf: sample)
    samples += 1
  }

  public subscript(sample sample: Int, point point: Int) -> Double {
    precondition(point >= 0 && point < points, "point \(point) is outside \(points) points")
    return values[sample * points + point]
  }

  /// The samples' log likelihoods of one point.
  public func column(_ point: Int) -> [Double] { (0..<samples).map { self[sample: $0, point: point] } }

  /// sum_i log p(y_i | w_s) of every sample.
  public var totals: [Double] {
    (0..<samples).map { sample in values[(sample * points)..<((sample + 1) * points)].reduce(0, +) }
  }

  /// The log pointwise predictive density of the points, with no correction for their having been seen in training:
  /// lppd_i = log((1/S) sum_s p(y_i | w_s)).
  public var predictive: ExpectedLogDensity {
    estimate { column, influence in
      let value = logMeanExp(column)
      for sample in column.indices { influence[sample] += (exp(column[sample] - value) - 1) / Double(samples) }
      return value
    }
  }

  /// The conditional log marginal likelihood (Lotfi, Izmailov, Benton, Goldblum and Wilson 2022):
  /// log((1/S) sum_s prod_i p(y_i | w_s)), where the points are the held-out part of the data and the samples are drawn
  /// from the posterior of the rest. The standard error is that of `LogWeights.logMean`; its effective sample size
  /// falls quickly with the number of points.
  public var conditionalLogMarginalLikelihood: Estimate { jointWeights.logMean }

  /// The samples' log likelihoods of all points together, as importance weights.
  public var jointWeights: LogWeights { LogWeights(totals) }

  /// A quantity of every point, and their sum's Monte-Carlo error.
  ///
  /// The same samples serve all points, so the errors of the points depend on each other: what one sample contributes
  /// to the error of the sum, to first order (its influence), is added up over the points before it is squared.
  func estimate(_ body: (_ column: [Double], _ influence: inout [Double]) -> Double) -> ExpectedLogDensity {
    precondition(samples >= 1, "log likelihoods need at least one sample")
    var influence = Array(repeating: 0.0, count: samples)
    let pointwise = (0..<points).map { body(column($0), &influence) }
    let s = Double(samples)
    let variance = influence.reduce(0) { $0 + $1 * $1 } * s / max(1, s - 1)
    return ExpectedLogDensity(pointwise: pointwise, monteCarloError: samples > 1 ? variance.squareRoot() : nil)
  }
}
