/// The loss of one minibatch, its two parts apart.
public struct MinibatchLoss: Hashable, Sendable {
  /// -log p(minibatch | w), summed over the examples and averaged over the samples.
  public var negativeLogLikelihood: Double
  /// KL[q || prior], or its estimate, whole: not weighted.
  public var complexity: Double
  /// The minibatch's part of the data, B / N: the weight of the complexity.
  public var batchFraction: Double

  public init(negativeLogLikelihood: Double, complexity: Double, batchFraction: Double) {
    self.negativeLogLikelihood = negativeLogLikelihood
    self.complexity = complexity
    self.batchFraction = batchFraction
  }

  public var total: Double { negativeLogLikelihood + batchFraction * complexity }
}
