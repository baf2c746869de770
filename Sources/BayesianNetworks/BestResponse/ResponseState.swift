package import Tensors

/// Everything that the training of a hypernetwork carries from step to step: a value. With the problem, the settings and
/// the key it determines all further steps, bit for bit.
package struct ResponseState<Scalar: TensorScalar>: Sendable, Equatable {
  /// phi
  package var parameters: Vector<Scalar>
  /// The buffers of phi's optimiser.
  package var optimizer: [Vector<Scalar>]
  /// From where the response measures its distances.
  package var center: Vector<Scalar>
  /// The current hyperparameters of a search; otherwise 0.
  package var hyperparameters: Vector<Scalar>
  package var hyperparameterOptimizer: [Vector<Scalar>]
  /// The logarithms of the perturbations' scale; 0 without a search.
  package var logScales: Vector<Scalar>
  package var logScaleOptimizer: [Vector<Scalar>]
  /// Steps of phi made.
  package var responseSteps = 0
  /// Steps of the hyperparameters made.
  package var hyperparameterSteps = 0
  /// The losses of the first steps, by which growth is told.
  package var firstTrainingLoss: Double?
  package var firstValidationLoss: Double?

  package init(
    parameters: Vector<Scalar>, optimizer: [Vector<Scalar>], center: Vector<Scalar>, hyperparameters: Vector<Scalar>,
    hyperparameterOptimizer: [Vector<Scalar>], logScales: Vector<Scalar>, logScaleOptimizer: [Vector<Scalar>]
  ) {
    self.parameters = parameters
    self.optimizer = optimizer
    self.center = center
    self.hyperparameters = hyperparameters
    self.hyperparameterOptimizer = hyperparameterOptimizer
    self.logScales = logScales
    self.logScaleOptimizer = logScaleOptimizer
  }

  /// Steps made in all.
  package var step: Int { responseSteps + hyperparameterSteps }
}
