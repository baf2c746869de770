package import Probability
package import Tensors

/// Trains single models of a relaxed problem, each by itself and from fresh weights. Shared weights favour options that
/// learn fast beside the others; what a search proposes is to be believed only after this.
package struct RelaxedVerification<Scalar: DensityScalar> {
  package let problem: any RelaxedProblem<Scalar>
  package let settings: FineTuningSettings
  /// Over how many draws of its noise Q is averaged.
  package let draws: Int
  private let key: RandomKey

  package init(
    _ problem: any RelaxedProblem<Scalar>, _ settings: FineTuningSettings, draws: Int = 16, key: RandomKey
  ) {
    precondition(draws >= 1, "a mean needs a draw, got \(draws)")
    (self.problem, self.settings, self.draws, self.key) = (problem, settings, draws, key)
  }

  /// Q after a training of one option of each choice: NaN where it diverged.
  package func value(of selection: [Int]) -> Double {
    let training = FineTuning(problem, settings, key: key.folded(0))
    return value(
      of: selection,
      weights: training.tuned(problem.initialWeights(key: key.folded(1)), at: problem.point(of: selection))
    )
  }

  /// Q of given weights with one option of each choice.
  package func value(of selection: [Int], weights: Vector<Scalar>) -> Double {
    let point = problem.point(of: selection)
    return (0..<draws).reduce(0) { total, draw in
      let evaluation = FineTuning(problem, settings, key: key.folded(2).folded(draw))
      return total + evaluation.value(weights, at: point) / Double(draws)
    }
  }

  /// The selection with the lowest Q after its training, and that Q; nil where all diverged.
  package func best(of selections: [[Int]]) -> (selection: [Int], value: Double)? {
    selections.map { (selection: $0, value: value(of: $0)) }.filter { $0.value.isFinite }.min { $0.value < $1.value }
  }
}
