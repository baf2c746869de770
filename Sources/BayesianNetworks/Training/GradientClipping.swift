public import Tensors

/// Clips gradients by their global norm (Pascanu, Mikolov and Bengio 2013, algorithm 1): a gradient of the mean loss of an
/// example that is longer than the maximum is shortened to it.
public struct GradientClipping: Hashable, Sendable {
  public var maximumNorm: Double

  public init(maximumNorm: Double) {
    precondition(maximumNorm > 0, "the largest norm of a gradient must be positive, got \(maximumNorm)")
    self.maximumNorm = maximumNorm
  }

  /// The factor for the gradient that clips it, so that clipping costs one reading of the gradient and nothing else.
  ///
  /// - Parameter gradientScale: The factor without clipping.
  /// - Returns: The norm before clipping, with the factor in it, and the new factor. A norm that is not finite leaves the
  ///   factor as it is.
  public func scale<Scalar: TensorScalar>(
    _ gradient: UnsafePointer<Scalar>, count: Int, gradientScale: Double
  ) -> (norm: Double, gradientScale: Double) {
    let norm = gradientScale * Scalar.sumOfSquares(gradient, count: count).squareRoot()
    guard norm.isFinite, norm > maximumNorm else { return (norm, gradientScale) }
    return (norm, gradientScale * maximumNorm / norm)
  }
}
