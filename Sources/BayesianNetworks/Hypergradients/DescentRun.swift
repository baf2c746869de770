import Tensors

/// Runs a descent on a bilevel problem's training loss, in memory that is kept between runs.
final class DescentRun<Problem: BilevelProblem> {
  typealias Scalar = Problem.Scalar

  /// Where a run ended.
  struct End {
    /// l before the last step.
    var loss: Double
    /// Steps made.
    var steps: Int
  }

  let derivatives: BilevelDerivatives<Problem>
  let descent: any InnerDescent
  private let gradient: Workspace<Scalar>

  init(_ derivatives: BilevelDerivatives<Problem>, _ descent: any InnerDescent) throws(HypergradientError) {
    try descent.check()
    self.derivatives = derivatives
    self.descent = descent
    gradient = Workspace(derivatives.weightCount)
    derivatives.prepare([.training])
  }

  /// Makes up to `descent.steps` steps.
  ///
  /// - Parameters:
  ///   - first: The number of the first step, which names its examples and noise.
  ///   - tolerance: The run ends where the gradient of l is no longer than this; nil makes all steps.
  ///   - hyperStep: Steps of the hyperparameters made before, for messages.
  func run(
    weights: UnsafeMutablePointer<Scalar>, velocity: UnsafeMutablePointer<Scalar>,
    hyperparameters: UnsafePointer<Scalar>, first: Int, tolerance: Double? = nil, hyperStep: Int
  ) throws(HypergradientError) -> End {
    let count = derivatives.weightCount
    var end = End(loss: 0, steps: 0)
    var start = 0.0
    for step in 0..<descent.steps {
      end.loss = derivatives.evaluate(
        .training, at: .init(weights: UnsafePointer(weights), hyperparameters: hyperparameters), step: first + step,
        into: gradient.base)
      if step == 0 { start = end.loss }
      guard !Growth.isDivergence(end.loss, from: start) else {
        throw .diverged(
          step: hyperStep + 1, trainingStep: step + 1, reason: Growth.reason("the loss", end.loss, from: start))
      }
      if let tolerance {
        let norm = Scalar.sumOfSquares(gradient.base, count: count).squareRoot()
        guard norm.isFinite else {
          throw .diverged(step: hyperStep + 1, trainingStep: step + 1, reason: "the gradient's norm is \(norm)")
        }
        if norm <= tolerance { return end }
      }
      descent.step(
        weights, state: velocity, gradient: UnsafePointer(gradient.base), count: count, number: first + step)
      end.steps = step + 1
    }
    guard Scalar.allFinite(weights, count: count) else {
      throw .diverged(step: hyperStep + 1, trainingStep: end.steps, reason: "a weight is not finite after the step")
    }
    return end
  }
}
