/// Gradient descent with momentum in the form that the unrolled methods reverse (Maclaurin, Duvenaud and Adams 2015,
/// algorithm 1):
///
///     v <- beta v - (1 - beta) dl/dw;   w <- w + alpha v
///
/// l is the training loss divided by the number of training examples.
package struct MomentumDescent: Hashable, Sendable {
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

  func check() throws(HypergradientError) {
    guard learningRate.isFinite, learningRate > 0 else {
      throw .badSetting(name: "the learning rate", found: "\(learningRate)", expected: "a finite number above 0")
    }
    guard momentum >= 0, momentum < 1 else {
      throw .badSetting(name: "the momentum", found: "\(momentum)", expected: "at least 0 and below 1")
    }
    guard steps >= 1 else {
      throw .badSetting(name: "the number of training steps", found: "\(steps)", expected: "at least 1")
    }
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
