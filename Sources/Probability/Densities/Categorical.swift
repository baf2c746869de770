import Foundation

/// The categorical distribution whose probabilities are softmax(logits).
public struct Categorical: Hashable, Sendable {
  public var logits: [Double]

  public init(logits: [Double]) {
    precondition(!logits.isEmpty, "a categorical distribution needs at least one class")
    self.logits = logits
  }

  /// log softmax(logits)
  public var logProbabilities: [Double] {
    let total = logSumExp(logits)
    return logits.map { $0 - total }
  }

  /// The derivative of log p(class) with respect to the logits: one-hot - softmax.
  public func logProbabilityGradient(of chosen: Int) -> [Double] {
    logProbabilities.enumerated().map { index, value in (index == chosen ? 1 : 0) - exp(value) }
  }
}
