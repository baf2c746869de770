package import Tensors

/// Everything that a search for discrete choices carries from step to step: a value. With the problem, the settings and the
/// key it determines all further steps, bit for bit.
package struct RelaxedSearchState<Scalar: TensorScalar>: Sendable, Equatable {
  package var weights: Vector<Scalar>
  /// The buffers of the weights' optimiser.
  package var optimizer: [Vector<Scalar>]
  /// Of all choices, one after another.
  package var logits: Vector<Scalar>
  package var logitOptimizer: [Vector<Scalar>]
  /// Steps made.
  package var step = 0
  /// The losses of the first steps, by which growth is told.
  package var firstTrainingLoss: Double?
  package var firstValidationLoss: Double?

  package init(
    weights: Vector<Scalar>, optimizer: [Vector<Scalar>], logits: Vector<Scalar>, logitOptimizer: [Vector<Scalar>]
  ) {
    self.weights = weights
    self.optimizer = optimizer
    self.logits = logits
    self.logitOptimizer = logitOptimizer
  }
}
