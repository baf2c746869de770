import Probability
import Tensors

/// Sampled weights, their noise, and the gradients that flow back from them to the posterior.
///
/// The noise is kept until the backward pass instead of drawn again: reading it back from the cache takes a tenth of the
/// time of drawing it.
final class WeightSampler<Scalar: DensityScalar> {
  let count: Int
  private let noise: Workspace<Scalar>
  private let sampled: Workspace<Scalar>
  /// The gradient with respect to the sampled weights.
  let gradient: Workspace<Scalar>

  /// Weights handled at a time, so that the passes over them meet in the first caches.
  private let block = 4096

  init(_ count: Int) {
    self.count = count
    noise = Workspace(count)
    sampled = Workspace(count)
    gradient = Workspace(count)
  }

  /// w = mean + scale * noise
  func sample(_ posterior: PosteriorPointer<Scalar>, key: RandomKey) -> UnsafePointer<Scalar> {
    for start in stride(from: 0, to: count, by: block) {
      let n = min(block, count - start)
      Scalar.fillNormal(key, offset: start, into: noise.base + start, count: n)
      Scalar.reparameterize(
        mean: posterior.mean + start, scale: posterior.scale + start, noise: noise.base + start,
        into: sampled.base + start, count: n)
    }
    return UnsafePointer(sampled.base)
  }

  /// Carries `gradient` back to means and scales, together with the sample's part of a sampled complexity: each
  /// complexity-weight / samples times log q(w) - log p(w).
  ///
  /// log q(w) of a reparameterised sample is -log scale - noise^2 / 2 + constant: its total derivative with respect to
  /// the mean is 0, and that with respect to the scale, -1 / scale, is the same for every sample (`finish`).
  ///
  /// - Returns: -noise^2 / 2 - log p(w), summed: what the sample adds to the complexity.
  func pullBack(_ step: EstimatorStep<Scalar>, prior: any Prior, isFirst: Bool) -> Double {
    var complexity = 0.0
    for start in stride(from: 0, to: count, by: block) {
      let n = min(block, count - start)
      if let weight = step.complexityWeight {
        complexity -= prior.logDensity(
          sampled.base + start, count: n, gradient: gradient.base + start, weight: -weight / Double(step.samples))
        complexity -= 0.5 * Scalar.sumOfSquares(noise.base + start, count: n)
      }
      Scalar.reparameterizeGradient(
        gradient.base + start, noise: noise.base + start, mean: step.meanGradient + start,
        scale: step.scaleGradient + start, overwrite: isFirst, count: n)
    }
    return complexity
  }

  /// The part of a sampled complexity that is the same for every sample, with its gradient.
  func finish(_ step: EstimatorStep<Scalar>, weight: Double) -> Double {
    Scalar.entropyGradient(scale: step.posterior.scale, step.scaleGradient, weight: weight, count: count)
    return Double(count) * Gaussian().logDensity(0) - Scalar.sumOfLogs(step.posterior.scale, count: count)
  }

  /// A sampled complexity on its own, added to gradients that are there already.
  func addComplexity(_ step: EstimatorStep<Scalar>, prior: any Prior) -> Double {
    guard let weight = step.complexityWeight else { return 0 }
    var total = 0.0
    for index in 0..<step.samples {
      _ = sample(step.posterior, key: step.key.folded(index).folded(Self.complexityLabel))
      Scalar.fill(gradient.base, with: 0, count: count)
      total += pullBack(step, prior: prior, isFirst: false)
    }
    return total / Double(step.samples) + finish(step, weight: weight)
  }

  /// Sets the key of weights that are sampled for the complexity alone apart from those of the layers.
  private static var complexityLabel: Int { 1 << 32 }
}
