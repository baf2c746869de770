import Foundation
import GaussianProcesses
import Tensors

/// The logarithm of the probability that a trial succeeds, and a penalty where it is less likely to than not.
///
/// What is learned from labels never falls much below one in the number of failures, and the expected improvement beyond
/// the edge of what succeeds can be any number of times greater than inside, where the search comes to an end: the
/// product alone would try one trial after the other that fails.
struct LikelyFeasible: AcquisitionFunction {
  private static let strength = 5.0

  let logProbability: LogProbabilityOfFeasibility

  func values(at points: Matrix<Double>) -> [Double] {
    logProbability.values(at: points).map { Self.penalized($0).value }
  }

  func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    let plain = logProbability.valuesAndGradients(at: points)
    let penalized = plain.values.map(Self.penalized)
    let columns = points.columns
    let gradients = plain.gradients.elements.array.enumerated().map { $1 * penalized[$0 / columns].slope }
    return (penalized.map(\.value), Matrix(gradients, rows: points.rows, columns: columns))
  }

  /// log P - 5 min(0, log 2P)^2, and its derivative with respect to log P.
  private static func penalized(_ logP: Double) -> (value: Double, slope: Double) {
    let short = min(0, logP + log(2))
    return (logP - strength * short * short, 1 - 2 * strength * short)
  }
}
