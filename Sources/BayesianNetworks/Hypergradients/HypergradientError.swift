/// Why a search along hypergradients cannot begin or go on.
package enum HypergradientError: Error, Hashable, Sendable {
  /// A setting out of its range.
  case badSetting(name: String, found: String, expected: String)
  /// A state of another problem, method or optimiser.
  case wrongState(reason: String)
  /// A number is NaN or infinite, or grew beyond all bounds. The step of the hyperparameters is counted from 1; the step
  /// of the training is counted from 1 where it is one that diverged, and nil elsewhere.
  case diverged(step: Int, trainingStep: Int?, reason: String)
}

extension HypergradientError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badSetting(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .wrongState(let reason):
      "the state does not fit this search: \(reason)"
    case .diverged(let step, let trainingStep, let reason):
      "the search diverged at step \(step)\(trainingStep.map { ", in step \($0) of the training" } ?? ""): \(reason); "
        + "try a lower learning rate"
    }
  }
}
