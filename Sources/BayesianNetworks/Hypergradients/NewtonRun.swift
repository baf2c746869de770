import Tensors

/// Minimises the training loss of a small or badly conditioned problem by Newton's method with conjugate gradients and
/// halved steps (Nocedal and Wright 2006, algorithm 7.1), on the examples for curvatures.
final class NewtonRun<Problem: BilevelProblem> {
  typealias Scalar = Problem.Scalar

  private let derivatives: BilevelDerivatives<Problem>
  private let steps: Int
  private let damping: Double
  private let solver: ConjugateGradients<Problem>
  private let gradient: Workspace<Scalar>
  private let direction: Workspace<Scalar>
  private let trial: Workspace<Scalar>

  init(_ derivatives: BilevelDerivatives<Problem>, steps: Int, damping: Double) throws(HypergradientError) {
    guard steps >= 1 else {
      throw .badSetting(name: "the number of Newton's steps", found: "\(steps)", expected: "at least 1")
    }
    guard damping.isFinite, damping >= 0 else {
      throw .badSetting(name: "the damping", found: "\(damping)", expected: "a finite number, 0 or more")
    }
    self.derivatives = derivatives
    self.steps = steps
    self.damping = damping
    solver = ConjugateGradients(derivatives)
    let count = derivatives.weightCount
    (gradient, direction, trial) = (Workspace(count), Workspace(count), Workspace(count))
    derivatives.prepare([.training], curvature: true)
  }

  func run(
    weights: UnsafeMutablePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>, tolerance: Double, hyperStep: Int
  ) throws(HypergradientError) -> (loss: Double, steps: Int) {
    let count = derivatives.weightCount
    func evaluate(_ point: UnsafePointer<Scalar>) -> Double {
      derivatives.evaluate(
        .training, at: .init(weights: point, hyperparameters: hyperparameters), step: hyperStep, curvature: true,
        into: gradient.base)
    }
    var loss = evaluate(UnsafePointer(weights))
    for step in 0..<steps {
      let norm = Scalar.sumOfSquares(gradient.base, count: count).squareRoot()
      guard loss.isFinite, norm.isFinite else {
        throw .diverged(
          step: hyperStep + 1, trainingStep: step + 1, reason: "the loss is \(loss) and its gradient's norm \(norm)")
      }
      if norm <= tolerance { return (loss, step) }
      Scalar.fill(direction.base, with: 0, count: count)
      let end = solver.solve(
        UnsafePointer(gradient.base), weights: UnsafePointer(weights), hyperparameters: hyperparameters,
        damping: damping, tolerance: min(0.1, norm.squareRoot()), iterations: 10 * count, step: hyperStep,
        into: direction.base)
      if end.iterations == 0 { Scalar.copy(gradient.base, into: direction.base, count: count) }
      let slope = Scalar.dot(gradient.base, direction.base, count: count)
      var (length, next) = (1.0, Double.infinity)
      while length > 1e-10 {
        Scalar.sum(weights, Scalar(-length), direction.base, into: trial.base, count: count)
        next = evaluate(UnsafePointer(trial.base))
        if next <= loss - 1e-4 * length * slope || isCloser(next, loss, norm) { break }
        length /= 2
      }
      // Rounding hides what is left to gain.
      guard length > 1e-10 else { return (loss, step) }
      Scalar.copy(trial.base, into: weights, count: count)
      loss = next
    }
    return (loss, steps)
  }

  /// Near the minimum, where rounding hides what the loss gains: whether the gradient has become much shorter.
  private func isCloser(_ next: Double, _ loss: Double, _ norm: Double) -> Bool {
    abs(next - loss) <= 1e-10 * abs(loss)
      && Scalar.sumOfSquares(gradient.base, count: derivatives.weightCount).squareRoot() < 0.5 * norm
  }
}
