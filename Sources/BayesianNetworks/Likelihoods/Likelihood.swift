import Foundation

/// p(target | output of the network).
public enum Likelihood: Hashable, Sendable {
  /// N(target; output, scale^2), independent over the outputs. A learned scale is a point estimate: its logarithm is a
  /// parameter that is optimised with the posterior and starts from log(scale).
  case gaussian(scale: Double, learned: Bool = false)
  /// Categorical with probabilities softmax(outputs).
  case categorical

  /// Parameters of the likelihood that are learned: 1 for a learned noise scale, as its logarithm, and 0 otherwise.
  public var parameterCount: Int {
    if case .gaussian(_, learned: true) = self { 1 } else { 0 }
  }

  /// What the learned parameters start from.
  var initialParameters: [Double] {
    if case .gaussian(let scale, learned: true) = self { [log(scale)] } else { [] }
  }

  /// The noise scale, given the learned parameters; nil for a classification.
  func noise(parameters: [Double]) -> Double? {
    switch self {
    case .gaussian(let scale, let learned): learned ? exp(parameters[0]) : scale
    case .categorical: nil
    }
  }
}
