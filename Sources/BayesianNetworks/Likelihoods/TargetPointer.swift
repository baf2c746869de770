public import Probability
import Tensors

/// The targets of some examples in memory.
public enum TargetPointer<Scalar: DensityScalar> {
  case values(UnsafePointer<Scalar>)
  case classes(UnsafePointer<Int32>)
}

extension Likelihood {
  /// The negative log likelihood of `rows` outputs, summed. With a gradient, writes `weight` times the derivative with
  /// respect to the outputs there; the second result is the (unweighted) derivative with respect to the logarithm of
  /// the noise scale, 0 for a classification.
  func negativeLogLikelihood<Scalar: DensityScalar>(
    outputs: UnsafePointer<Scalar>, targets: TargetPointer<Scalar>, rows: Int, columns: Int, noise: Double?,
    gradient: UnsafeMutablePointer<Scalar>?, weight: Double
  ) -> (value: Double, logNoiseDerivative: Double) {
    switch (self, targets) {
    case (.gaussian, .values(let values)):
      guard let noise else { preconditionFailure("a Gaussian likelihood needs the noise scale") }
      let precision = 1 / (noise * noise)
      let count = rows * columns
      let squares = Scalar.squaredResiduals(
        outputs: outputs, targets: values, count: count, gradient: gradient, weight: weight * precision)
      let constant = -Double(count) * Gaussian(scale: noise).logDensity(0)
      return (constant + 0.5 * precision * squares, Double(count) - precision * squares)
    case (.categorical, .classes(let classes)):
      let value = Scalar.crossEntropy(
        logits: outputs, classes: classes, rows: rows, columns: columns, gradient: gradient, weight: weight)
      return (value, 0)
    default:
      preconditionFailure("the likelihood \(self) does not fit the targets")
    }
  }
}
