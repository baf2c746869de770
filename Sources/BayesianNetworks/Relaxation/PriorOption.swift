import Autodiff
import Foundation
import Probability
import Tensors

/// A prior with scales of its own, as one of several to choose from.
package enum PriorOption: Hashable, Sendable {
  case gaussian(scale: Double)
  case laplace(scale: Double)
  /// weight N(0, wide^2) + (1 - weight) N(0, narrow^2)
  case scaleMixture(weight: Double = 0.5, wide: Double, narrow: Double)

  package var name: String {
    switch self {
    case .gaussian(let scale): "gaussian \(scale)"
    case .laplace(let scale): "laplace \(scale)"
    case .scaleMixture(let weight, let wide, let narrow): "scale mixture \(weight) \(wide) \(narrow)"
    }
  }

  /// What is wrong with its numbers; nil where nothing is.
  var fault: String? {
    switch self {
    case .gaussian(let scale), .laplace(let scale):
      scale > 0 && scale.isFinite ? nil : "a scale is positive, got \(scale)"
    case .scaleMixture(let weight, let wide, let narrow):
      weight > 0 && weight < 1 && wide > 0 && narrow > 0
        ? nil : "a mixture has a weight between 0 and 1 and positive scales, got \(weight), \(wide) and \(narrow)"
    }
  }

  /// -E log p(w) of each weight w ~ N(mean, scale^2). That of a mixture is estimated from one draw of the weights for each
  /// of the samples.
  ///
  /// `Prior.divergence` is the sum of this, less the entropy; here single weights are needed, of which some may not exist.
  func crossEntropies<Scalar: TensorScalar>(
    mean: Variable<Scalar>, scale: Variable<Scalar>, samples: Int, labels: [Int]
  ) -> Variable<Scalar> {
    switch self {
    case .gaussian(let prior):
      return (mean.squared() + scale.squared()) * Scalar(0.5 / (prior * prior))
        + Scalar(log(prior) + 0.5 * log(2 * Double.pi))
    case .laplace(let prior):
      // E|w| = scale sqrt(2 / pi) exp(-t^2) + mean erf(t) with t = mean / (scale sqrt 2)
      let t = mean / scale * Scalar(0.5.squareRoot())
      let magnitudes = scale * (-t.squared()).exp() * Scalar((2 / Double.pi).squareRoot()) + mean * t.erf()
      return magnitudes * Scalar(1 / prior) + Scalar(log(2 * prior))
    case .scaleMixture(let weight, let wide, let narrow):
      let terms = (0..<samples).map { sample in
        let draw = mean + scale.multiplied(by: NoiseSource(.normal, labels: labels + [sample]))
        return Self.mixtureLogDensities(draw.squared(), weight: weight, wide: wide, narrow: narrow)
      }
      return .sum(of: terms) * Scalar(-1 / Double(samples))
    }
  }

  private static func mixtureLogDensities<Scalar: TensorScalar>(
    _ squares: Variable<Scalar>, weight: Double, wide: Double, narrow: Double
  ) -> Variable<Scalar> {
    func component(_ weight: Double, _ scale: Double) -> Variable<Scalar> {
      squares * Scalar(-0.5 / (scale * scale)) + Scalar(log(weight) + Gaussian(scale: scale).logDensity(0))
    }
    let (a, b) = (component(weight, wide), component(1 - weight, narrow))
    // log(exp(a) + exp(b)) = (a + b + |a - b|) / 2 + log1p(exp(-|a - b|))
    let distance = (a - b).magnitude()
    return (a + b + distance) * 0.5 + (-distance).exp().log1p()
  }
}
