import Foundation
import Tensors

/// Which candidates the local searches start from.
enum StartSelection {
  /// The best candidate, the given ones, and others drawn without replacement with probabilities proportional to
  /// exp(value / t) (by the largest values with Gumbel noise, as in BoTorch's heuristic). The temperature t is the
  /// distance from the best value to that which one candidate in ten reaches, so that the choice does not depend on the
  /// scale of the values.
  static func choose(values: [Double], count: Int, always: [Int], key: RandomKey) -> [Int] {
    let ranked = values.indices.sorted { (values[$0], -$0) > (values[$1], -$1) }
    guard let best = ranked.first else { return [] }
    var chosen = [best]
    for index in always where !chosen.contains(index) && chosen.count < max(2, count / 2) { chosen.append(index) }
    let tenth = values[ranked[(values.count - 1) / 10]]
    let spread = values[best] - tenth
    let temperature = spread > 0 && spread.isFinite ? spread : 1
    let uniforms = Vector<Double>.uniform(key, count: values.count)
    let scores = values.indices.map { index in
      values[index] / temperature - log(-log(min(max(uniforms[index], 1e-16), 1 - 1e-16)))
    }
    for index in values.indices.sorted(by: { (scores[$0], -$0) > (scores[$1], -$1) }) {
      if chosen.count >= count { break }
      if !chosen.contains(index) { chosen.append(index) }
    }
    return chosen
  }
}
