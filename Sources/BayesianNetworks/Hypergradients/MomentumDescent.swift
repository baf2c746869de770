package import Tensors

/// Gradient descent with momentum in the form that the unrolled methods reverse (Maclaurin, Duvenaud and Adams 2015,
/// algorithm 1):
///
///     v <- beta v - (1 - beta) dl/dw;   w <- w + alpha v
///
/// l is the training loss divided by the number of training examples.
package struct MomentumDescent: InnerDescent {
  /// alpha
  package var learningRate: Double
  /// beta, in [0, 1)
  package var momentum: Double
  /// Steps between two steps of the hyperparameters.
  package var steps: Int

  package init(learningRate: Double, momentum: Double = 0, steps: Int) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.steps = steps
  }

  package var statePerWeight: Int { 1 }

  package func check() throws(HypergradientError) {
    try checkRate(learningRate)
    guard momentum >= 0, momentum < 1 else {
      throw .badSetting(name: "the momentum", found: "\(momentum)", expected: "at least 0 and below 1")
    }
    try checkSteps()
  }

  package func step<Scalar: TensorScalar>(
    _ weights: UnsafeMutablePointer<Scalar>, state: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>,
    count: Int, number: Int
  ) {
    Scalar.averagedMomentumStep(
      weights, velocity: state, gradient: gradient, momentum: Scalar(momentum), rate: Scalar(learningRate),
      count: count)
  }

  /// alpha (1 - beta)
  package func scale<Scalar: TensorScalar>(
    _ vector: UnsafeMutablePointer<Scalar>, state: UnsafePointer<Scalar>, count: Int, number: Int
  ) {
    Scalar.scale(vector, by: Scalar(learningRate * (1 - momentum)), count: count)
  }
}

/// The growth that counts as divergence.
enum Growth {
  /// Of a loss or a norm over what it started from.
  static let limit = 1e8

  /// Whether a number is not finite or far above where it started.
  static func isDivergence(_ value: Double, from start: Double) -> Bool {
    !(value.isFinite && value <= limit * (start.magnitude + 1))
  }

  static func reason(_ what: String, _ value: Double, from start: Double) -> String {
    if value.isNaN { return "\(what) is not a number" }
    return value.isFinite ? "\(what) grew from \(start) to \(value)" : "\(what) is infinite"
  }
}
