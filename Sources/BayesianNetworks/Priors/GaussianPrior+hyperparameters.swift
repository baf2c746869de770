public import Autodiff
import Foundation
public import Tensors

extension GaussianPrior {
  /// log N(w; 0, exp(logScale)^2), summed over the weights, with the logarithm of the scale as a variable: what a gradient
  /// with respect to it flows through.
  public static func logDensity<Scalar: TensorScalar>(
    _ w: Variable<Scalar>, logScale: Variable<Scalar>
  ) -> Variable<Scalar> {
    let count = Scalar(w.shape.count)
    let constant = -Scalar(Double(w.shape.count) * 0.5 * log(2 * Double.pi))
    return w.squared().sum() * (logScale * -2).exp() * -0.5 - logScale * count + constant
  }
}
