public import Autodiff
import Foundation
public import Probability
public import Tensors

/// weight N(0, wide^2) + (1 - weight) N(0, narrow^2) for every weight (Blundell et al. 2015, section 3.3). Its divergence
/// from a Gaussian has no closed form; the complexity is always sampled.
public struct ScaleMixturePrior: Prior, Hashable {
  public var mixture: GaussianScaleMixture

  public init(_ mixture: GaussianScaleMixture) {
    self.mixture = mixture
  }

  /// - Parameters:
  ///   - weight: The probability of the wide component.
  ///   - wide: Standard deviation of the wide component.
  ///   - narrow: Standard deviation of the narrow component.
  public init(weight: Double = 0.5, wide: Double, narrow: Double) {
    self.init(GaussianScaleMixture(weight: weight, wide: wide, narrow: narrow))
  }

  public func logDensity<Scalar: DensityScalar>(
    _ w: UnsafePointer<Scalar>, count: Int, gradient: UnsafeMutablePointer<Scalar>?, weight: Double
  ) -> Double {
    Scalar.scaleMixtureLogDensity(w, count: count, mixture: mixture, gradient: gradient, weight: weight)
  }

  public func logDensity<Scalar: TensorScalar>(_ w: Variable<Scalar>) -> Variable<Scalar> {
    func component(_ weight: Double, _ scale: Double) -> Variable<Scalar> {
      w.squared() * Scalar(-0.5 / (scale * scale)) + Scalar(log(weight) + Gaussian(scale: scale).logDensity(0))
    }
    // The logarithm of a component that has no weight is infinite.
    if mixture.weight == 1 { return component(1, mixture.wide).sum() }
    if mixture.weight == 0 { return component(1, mixture.narrow).sum() }
    let (wide, narrow) = (
      component(mixture.weight, mixture.wide), component(1 - mixture.weight, mixture.narrow)
    )
    // log(exp(a) + exp(b)) = max(a, b) + log1p(exp(-|a - b|))
    let distance = (wide - narrow).magnitude()
    return ((wide + narrow + distance) * 0.5 + (-distance).exp().log1p()).sum()
  }

  public func sample(_ key: RandomKey, into w: UnsafeMutablePointer<Double>, count: Int) {
    let choice = Vector<Double>.uniform(key.folded(0), count: count)
    Double.fillNormal(key.folded(1), offset: 0, into: w, count: count)
    for i in 0..<count { w[i] *= choice[i] < mixture.weight ? mixture.wide : mixture.narrow }
  }
}
