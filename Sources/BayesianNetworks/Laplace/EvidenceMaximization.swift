import Foundation

/// Maximises the Laplace evidence at a fixed mode over the precisions of a Gaussian prior and of Gaussian noise:
///
///     log p(data | beta) + sum over groups g of [ n_g / 2 log delta_g - delta_g |w_g|^2 / 2 ]
///       - 1/2 sum over g and i of log(beta lambda_gi + delta_g)
///
/// with the eigenvalues lambda of the curvature. The logarithm of a sum of exponentials is convex, so this is concave
/// in (log delta, log beta) together: Newton's method with halved steps ends at the one maximum from any start. An
/// evaluation costs one pass over the eigenvalues.
struct EvidenceMaximization {
  /// Weights that share a prior precision.
  struct Group {
    var eigenvalues: [Double]
    /// |w|^2
    var squares: Double
  }

  struct Point {
    var priorPrecisions: [Double]
    var noisePrecision: Double
  }

  /// Precisions stay within these.
  static let bounds = 1e-12...1e12

  let groups: [Group]
  let fit: GoodnessOfFit
  let tunesPrior: Bool
  let tunesNoise: Bool

  /// The part of the log evidence that depends on the precisions, without constants.
  func value(_ point: Point) -> Double {
    var total = fit.logLikelihood(noisePrecision: point.noisePrecision)
    for (group, delta) in zip(groups, point.priorPrecisions) {
      total += 0.5 * (Double(group.eigenvalues.count) * log(delta) - delta * group.squares)
      var logs = 0.0
      for value in group.eigenvalues { logs += log(point.noisePrecision * value + delta) }
      total -= 0.5 * logs
    }
    return total
  }

  func maximum(from start: Point) -> Point {
    var point = start
    var best = value(point)
    for _ in 0..<200 {
      let step = newtonStep(point)
      guard step.contains(where: { abs($0) > 1e-12 }) else { break }
      var factor = 1.0
      var next = moved(point, step, factor)
      var found = value(next)
      // The end of the search is where rounding hides the gain.
      while !(found >= best - 1e-14 * abs(best)), factor > 1e-9 {
        factor /= 2
        next = moved(point, step, factor)
        found = value(next)
      }
      guard factor > 1e-9 else { break }
      let isEnd = step.allSatisfy { abs($0) < 1e-9 }
      (point, best) = (next, max(best, found))
      if isEnd { break }
    }
    return point
  }

  private func moved(_ point: Point, _ step: [Double], _ factor: Double) -> Point {
    func times(_ value: Double, _ step: Double) -> Double {
      min(max(value * exp(factor * step), Self.bounds.lowerBound), Self.bounds.upperBound)
    }
    return Point(
      priorPrecisions: zip(point.priorPrecisions, step).map { times($0, $1) },
      noisePrecision: times(point.noisePrecision, step[step.count - 1]))
  }

  /// The step in (log delta of each group, log beta): minus the inverse Hessian, an arrow matrix, times the gradient.
  private func newtonStep(_ point: Point) -> [Double] {
    let beta = point.noisePrecision
    var (gradients, diagonal, border) = ([Double](), [Double](), [Double]())
    var (gamma, weight) = (0.0, 0.0)
    for (group, delta) in zip(groups, point.priorPrecisions) {
      var (known, mixed) = (0.0, 0.0)
      for value in group.eigenvalues {
        let ratio = beta * value / (beta * value + delta)
        known += ratio
        mixed += ratio * (1 - ratio)
      }
      gradients.append(0.5 * (known - delta * group.squares))
      diagonal.append(0.5 * (mixed + delta * group.squares))
      border.append(-0.5 * mixed)
      gamma += known
      weight += mixed
    }
    for index in gradients.indices
    where !tunesPrior || isHeld(point.priorPrecisions[index], gradients[index]) || !(diagonal[index] > 0) {
      (gradients[index], diagonal[index], border[index]) = (0, 1, 0)
    }
    var noise = (gradient: 0.0, diagonal: 1.0)
    if tunesNoise, case .gaussian(let squares, let count) = fit {
      noise = (0.5 * (Double(count) - gamma - beta * squares), 0.5 * (weight + beta * squares))
      if isHeld(beta, noise.gradient) || !(noise.diagonal > 0) { noise = (0, 1) }
    }
    // Held noise has no part in the others' steps.
    if noise == (0, 1) { border = border.map { _ in 0 } }
    var (schur, right) = (noise.diagonal, noise.gradient)
    for index in gradients.indices {
      schur -= border[index] * border[index] / diagonal[index]
      right -= border[index] * gradients[index] / diagonal[index]
    }
    let last = schur > 0 ? right / schur : 0
    let steps = gradients.indices.map { (gradients[$0] - border[$0] * last) / diagonal[$0] } + [last]
    return steps.map { min(max($0, -3), 3) }
  }

  /// Whether a precision is at a bound and would go beyond.
  private func isHeld(_ value: Double, _ gradient: Double) -> Bool {
    (value >= Self.bounds.upperBound && gradient > 0) || (value <= Self.bounds.lowerBound && gradient < 0)
  }
}
