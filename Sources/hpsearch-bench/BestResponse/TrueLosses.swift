import Tensors

/// What training from scratch ends at, for any ten weights of the penalty.
///
/// Loss, penalty and Adam's steps are sums or arrays over the outputs, so that an output's weights depend on its own
/// hyperparameter alone where all trainings see the same examples. Trainings with equal hyperparameters, from one end
/// of the box to the other, thus say what each output adds at each value, and between them lines do.
struct TrueLosses {
  private let lower: Double
  private let step: Double
  /// By the value, then by the output.
  private let table: [[Double]]

  init(_ training: ScratchTraining, _ errors: ValidationErrors, in range: ClosedRange<Double>, values: Int) {
    lower = range.lowerBound
    step = (range.upperBound - range.lowerBound) / Double(values - 1)
    let (lower, step) = (lower, step)
    table = errors.losses(
      (0..<values).map { index in
        training.weights(at: Array(repeating: lower + Double(index) * step, count: PosterProblem.outputs))
      })
  }

  subscript(hyperparameters: [Double]) -> Double {
    hyperparameters.indices.reduce(PosterProblem.constant) { total, output in
      let place = (hyperparameters[output] - lower) / step
      let low = max(0, min(table.count - 2, Int(place)))
      let share = place - Double(low)
      return total + (1 - share) * table[low][output] + share * table[low + 1][output]
    }
  }

  /// The least loss of the whole box.
  var least: Double {
    (0..<PosterProblem.outputs).reduce(PosterProblem.constant) { total, output in
      total + (table.map { $0[output] }.min() ?? .nan)
    }
  }
}
