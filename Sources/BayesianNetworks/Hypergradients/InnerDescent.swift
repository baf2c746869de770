package import Tensors

/// How the weights descend the training loss between two steps of the hyperparameters: settings alone.
///
/// l is the training loss divided by the number of training examples.
package protocol InnerDescent: Sendable, Hashable {
  /// Steps between two steps of the hyperparameters.
  var steps: Int { get set }

  /// Numbers of state for each weight; all are 0 at the start.
  var statePerWeight: Int { get }

  func check() throws(HypergradientError)

  /// One step: writes the weights and the state.
  ///
  /// - Parameters:
  ///   - state: `statePerWeight` x count numbers.
  ///   - number: Training steps made before, from 0.
  func step<Scalar: TensorScalar>(
    _ weights: UnsafeMutablePointer<Scalar>, state: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>,
    count: Int, number: Int)

  /// Multiplies a vector by minus the derivative of the weights after a step with respect to the step's gradient, as far as
  /// that is a diagonal matrix: the length of the step for each weight.
  ///
  /// - Parameters:
  ///   - state: As the step left it.
  ///   - number: That of the step.
  func scale<Scalar: TensorScalar>(
    _ vector: UnsafeMutablePointer<Scalar>, state: UnsafePointer<Scalar>, count: Int, number: Int)
}

extension InnerDescent {
  func checkSteps() throws(HypergradientError) {
    guard steps >= 1 else {
      throw .badSetting(name: "the number of training steps", found: "\(steps)", expected: "at least 1")
    }
  }

  func checkRate(_ rate: Double) throws(HypergradientError) {
    guard rate.isFinite, rate > 0 else {
      throw .badSetting(name: "the learning rate", found: "\(rate)", expected: "a finite number above 0")
    }
  }
}
