import Foundation
public import Tensors

/// Pseudo-Bayesian model averaging with the Bayesian bootstrap, "pseudo-BMA+" (Yao, Vehtari, Simpson and Gelman 2018,
/// section 3.4): the mean over B draws alpha ~ Dirichlet(1, ..., 1) of softmax_k(N sum_i alpha_i log p_k(y_i)).
///
/// - Parameters:
///   - logDensities: log p_k(y_i) of points that model k has not seen, one row for each model.
///   - draws: B
/// - Returns: A weight for each model, with its Monte-Carlo standard error over the draws; they sum to 1.
public func pseudoModelAverage(
  logDensities: [[Double]], draws: Int = 1000, key: RandomKey
) throws(StackingError) -> [Estimate] {
  let points = try StackingError.checkedPoints(logDensities)
  precondition(draws >= 1, "a bootstrap needs at least one draw, got \(draws)")
  var weights = Array(repeating: [Double](), count: logDensities.count)
  for draw in 0..<draws {
    let exponential = Vector<Double>.uniform(key.folded(draw), count: points).array.map { -log1p(-$0) }
    let scale = Double(points) / exponential.reduce(0, +)
    let scores = logDensities.map { row in
      zip(row, exponential).reduce(0) { $1.1 == 0 ? $0 : $0 + $1.0 * $1.1 * scale }
    }
    let total = logSumExp(scores)
    for (model, score) in scores.enumerated() {
      // Where no model has any density all are equally bad.
      weights[model].append(total == -.infinity ? 1 / Double(scores.count) : exp(score - total))
    }
  }
  return weights.map { .mean($0) }
}
