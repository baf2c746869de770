import Foundation
import Probability

/// The concrete distribution (Maddison, Mnih and Teh 2017; the Gumbel-softmax of Jang, Gu and Poole 2017): points of the
/// simplex that are a draw of one category in the limit of low temperature,
///
///     x = softmax((logits + g) / temperature),   g_k independent Gumbel
///
/// The largest x_k is that of category k with probability softmax(logits)_k, whatever the temperature.
package struct ConcreteDistribution: Hashable, Sendable {
  /// log alpha, but for a constant.
  package let logits: [Double]
  package let temperature: Double

  package init(logits: [Double], temperature: Double) {
    precondition(!logits.isEmpty, "a choice needs an option")
    precondition(temperature > 0, "a temperature must be positive, got \(temperature)")
    self.logits = logits
    self.temperature = temperature
  }

  /// softmax(logits): of each category, that it is the largest.
  package var probabilities: [Double] {
    let total = logSumExp(logits)
    return logits.map { exp($0 - total) }
  }

  /// log p(x), where x is given by its logarithms, so that corners of the simplex do not underflow (Maddison et al. 2017,
  /// eq. 10):
  ///
  ///     p(x) = (n - 1)! t^(n-1) prod_k alpha_k x_k^(-t-1) / (sum_k alpha_k x_k^-t)^n
  ///
  /// It is a density of n - 1 of the n numbers.
  package func logDensity(logarithms: [Double]) -> Double {
    precondition(logarithms.count == logits.count, "\(logarithms.count) numbers for \(logits.count) categories")
    let count = logits.count
    let constant = (1..<count).reduce(Double(count - 1) * log(temperature)) { $0 + log(Double($1)) }
    let tilted = zip(logits, logarithms).map { $0 - temperature * $1 }
    let product = zip(tilted, logarithms).reduce(0) { $0 + $1.0 - $1.1 }
    return constant + product - Double(count) * logSumExp(tilted)
  }
}
