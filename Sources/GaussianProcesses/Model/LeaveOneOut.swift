import Foundation
import Tensors

/// Predictions of every observation from all others with fixed hyperparameters.
public struct LeaveOneOut: Hashable, Sendable {
  public var mean: [Double]
  /// Of the observation, noise included.
  public var variance: [Double]
  /// log p(y_i | the others)
  public var logDensity: [Double]
}

extension GaussianProcess {
  /// In closed form, mean_i = y_i - (K^-1 (y - m))_i / (K^-1)_ii and variance_i = 1 / (K^-1)_ii (Rasmussen and Williams
  /// 2006, eq. 5.12), in O(n^3).
  public func leaveOneOut() -> LeaveOneOut {
    let n = count
    var inverse = inputs.factor.lower
    let memory = inverse.unsafeMutablePointer()
    let diagonal = withExtendedLifetime(inverse) {
      let info = Double.potri(memory, n: n)
      precondition(info == 0, "the diagonal of a Cholesky factor is never 0, and potri says it is (\(info))")
      return (0..<n).map { memory[$0 * n + $0] }
    }
    let alpha = weights.elements.array
    let means = (0..<n).map { outcomes[$0] - alpha[$0] / diagonal[$0] }
    let variances = diagonal.map { 1 / $0 }
    let densities = (0..<n).map {
      -0.5 * (alpha[$0] * alpha[$0] / diagonal[$0] + log(2 * Double.pi * variances[$0]))
    }
    return LeaveOneOut(mean: means, variance: variances, logDensity: densities)
  }
}
