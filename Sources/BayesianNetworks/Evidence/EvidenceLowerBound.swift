/// The evidence lower bound of a posterior, its two parts apart: E_q[log p(data | w)] - KL[q || prior].
public struct EvidenceLowerBound: Hashable, Sendable {
  /// E_q[log p(data | w)], averaged over the samples, in the units of the targets.
  public var likelihood: Double
  /// KL[q || prior]: exact where it has a closed form, averaged over the samples otherwise.
  public var complexity: Double
  /// Monte-Carlo standard error of `value`; nil for one sample.
  public var standardError: Double?

  public init(likelihood: Double, complexity: Double, standardError: Double?) {
    self.likelihood = likelihood
    self.complexity = complexity
    self.standardError = standardError
  }

  public var value: Double { likelihood - complexity }
}
