import Foundation
public import Tensors

extension BayesianLinearModel {
  /// The best factorised Gaussian, N(mu, diag(H)^-1), and its evidence lower bound.
  public struct MeanField: Sendable {
    public let mean: Vector<Double>
    /// H_ii
    public let precision: [Double]
    /// E_q log p(y | w) and KL[q || prior], exact.
    public let lowerBound: EvidenceLowerBound
    /// What the bound falls short of the evidence by: 1/2 (sum_i ln H_ii - ln det H).
    public let gap: Double
  }

  /// What mean-field variational inference converges to: the exact mean, and as precision the diagonal of the exact one
  /// (Bishop 2006, section 10.1.2).
  public var meanField: MeanField {
    let diagonal = (0..<parameters).map { precision[$0, $0] }
    // Phi^T Phi's diagonal is what is left of H's.
    let spread = diagonal.reduce(0) { $0 + ($1 - priorPrecision) / $1 }
    let likelihood = logNoiseNormalizer - 0.5 * (noisePrecision * Self.sumOfSquares(residuals) + spread)
    let squares = Self.sumOfSquares(mean.array) + diagonal.reduce(0) { $0 + 1 / $1 }
    let logPrecisions = diagonal.reduce(0) { $0 + log($1) }
    let divergence =
      0.5 * (priorPrecision * squares - Double(parameters) * (1 + log(priorPrecision)) + logPrecisions)
    return MeanField(
      mean: mean, precision: diagonal,
      lowerBound: EvidenceLowerBound(likelihood: likelihood, complexity: divergence, standardError: nil),
      gap: 0.5 * (logPrecisions - factor.logDeterminant))
  }
}
