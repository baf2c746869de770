import Autodiff
import Foundation
import Probability
import Tensors

extension Likelihood {
  /// The inputs that stand for the targets of so many examples.
  func targetInput<Scalar: DensityScalar>(examples: Int, outputs: Int) -> Variable<Scalar> {
    switch self {
    case .gaussian: .input([examples, outputs], name: "targets")
    case .categorical: .indices(examples, name: "classes")
    }
  }

  /// The negative log likelihood, summed over the rows of the outputs. Where there are more rows than examples, they are
  /// samples of all examples, one after another.
  ///
  /// - Parameter logNoise: The logarithm of a learned noise scale.
  func negativeLogLikelihood<Scalar: DensityScalar>(
    outputs: Variable<Scalar>, targets: Variable<Scalar>, examples: Int, logNoise: Variable<Scalar>?
  ) -> Variable<Scalar> {
    let columns = outputs.shape.columns
    switch self {
    case .categorical:
      return CrossEntropy(rows: outputs.shape.rows, columns: columns, examples: examples)(outputs, targets)
    case .gaussian(let scale, _):
      let count = outputs.shape.count
      let squares = SquaredResiduals(count: count, targets: examples * columns)(outputs, targets)
      guard let logNoise else {
        let constant = -Double(count) * Gaussian(scale: scale).logDensity(0)
        return squares * Scalar(0.5 / (scale * scale)) + Scalar(constant)
      }
      let constant = -Double(count) * Gaussian().logDensity(0)
      return squares * (logNoise * -2).exp() * 0.5 + logNoise * Scalar(count) + Scalar(constant)
    }
  }
}
