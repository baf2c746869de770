public import Tensors

/// A rule that turns gradients into steps. The state is a few buffers as long as the parameters.
public protocol Optimizer: Sendable {
  /// How many buffers of state the rule has.
  var stateBuffers: Int { get }

  /// One step down the gradient, in one pass over the buffers.
  ///
  /// - Parameters:
  ///   - step: How many steps were made before, from 0.
  ///   - gradientScale: A factor for the gradient.
  ///   - state: `stateBuffers` buffers, zero before the first step.
  func update<Scalar: TensorScalar>(
    _ parameters: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, gradientScale: Double,
    state: inout [Vector<Scalar>], step: Int, count: Int)
}
