package import Probability
package import Tensors

/// A way to the gradient of Q(w*(h), h) with respect to the hyperparameters: settings alone.
package protocol HypergradientMethod: Sendable {
  /// What computes the gradients for a problem.
  ///
  /// - Parameter key: Everything random follows from it: the start of the weights, the order of the examples, the noise.
  func estimator<Problem: BilevelProblem>(
    for problem: Problem, batches: BatchSizes, key: RandomKey
  ) throws(HypergradientError) -> any HypergradientEstimator<Problem.Scalar>
}

/// Trains weights under given hyperparameters, and computes the gradient of Q.
///
/// All memory is made with the estimator; an estimate allocates nothing. What it carries from one estimate to the next is
/// the state alone, so that equal states give equal bits.
package protocol HypergradientEstimator<Scalar>: AnyObject {
  associatedtype Scalar: DensityScalar

  /// The state before the first estimate.
  func initialState() -> WeightState<Scalar>

  /// One estimate.
  ///
  /// - Parameters:
  ///   - hyperparameters: As many as the problem has.
  ///   - step: Estimates made before, from 0.
  ///   - gradient: Written: dQ/dh.
  /// - Throws: `HypergradientError.diverged` with the step from 1.
  func estimate(
    hyperparameters: UnsafePointer<Scalar>, step: Int, state: inout WeightState<Scalar>,
    gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> HypergradientEstimate

  /// The examples that Q is a sum over.
  var exampleCount: Int { get }

  /// Numbers of memory between inputs and outputs of the programs.
  var workspaceCount: Int { get }
}

/// What an estimator carries between estimates beside the hyperparameters: a value. Vectors that a method does not use
/// have no numbers.
package struct WeightState<Scalar: TensorScalar>: Sendable, Equatable {
  package var weights: Vector<Scalar>
  package var velocity: Vector<Scalar>
  /// The last solution of the linear system, where the next one starts.
  package var solution: Vector<Scalar>
  /// The direction of the Hessian's largest eigenvalue, as far as it is known.
  package var direction: Vector<Scalar>
  /// Training steps made.
  package var trainingSteps: Int

  package init(
    weights: Vector<Scalar>, velocity: Vector<Scalar> = Vector(count: 0), solution: Vector<Scalar> = Vector(count: 0),
    direction: Vector<Scalar> = Vector(count: 0), trainingSteps: Int = 0
  ) {
    self.weights = weights
    self.velocity = velocity
    self.solution = solution
    self.direction = direction
    self.trainingSteps = trainingSteps
  }

  /// The lengths of the vectors, by which states of other methods are known.
  var counts: [Int] { [weights.count, velocity.count, solution.count, direction.count] }
}

/// What an estimate gives beside the gradient.
package struct HypergradientEstimate: Hashable, Sendable {
  /// Q where the gradient was taken, of all validation examples; an estimate where only some of them were seen.
  package var value: Double
  /// l = L / N at the last training step.
  package var trainingLoss: Double
  /// dQ / d alpha and dQ / d beta, where the method differentiates the training itself.
  package var learningRate: Double?
  package var momentum: Double?
  /// Of the linear system, relative to its right side, where there is one.
  package var residual: Double?

  package init(
    value: Double, trainingLoss: Double, learningRate: Double? = nil, momentum: Double? = nil, residual: Double? = nil
  ) {
    self.value = value
    self.trainingLoss = trainingLoss
    self.learningRate = learningRate
    self.momentum = momentum
    self.residual = residual
  }
}
