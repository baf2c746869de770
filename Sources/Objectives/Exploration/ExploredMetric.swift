import BayesianNetworks
import Foundation
import Tensors

/// The way from a value of Q to the objective's metric, in the target's own units.
struct ExploredMetric {
  let name: String
  private let validationCount: Int
  /// What the log density of all training targets loses in the change to the target's own units, and that of one target.
  private let trainingShift: Double
  private let shift: Double

  /// - Parameter folds: One, or those that are explored together; see `JointProblem`.
  init(_ name: String, _ folds: [PreparedFold]) {
    self.name = name
    validationCount = folds.reduce(0) { $0 + $1.validation.count }
    var targets = 0
    if case .values(let values) = folds[0].train.targets { targets = values.columns }
    shift = Double(targets) * folds.reduce(0) { $0 + log($1.scaling.scale) } / Double(folds.count)
    trainingShift = Double(folds[0].train.count) * shift
  }

  /// Whether it is a sum over the training examples, and not a mean over the validation examples.
  private var isEvidence: Bool { name != "lppd" && name != "nll" }

  /// The metric for a value of Q; see `VariationalProblem.Objective` and `PointEstimateProblem`. Of held-out data and a
  /// posterior it is that of the mean log density, which is below the lppd (Jensen's inequality).
  func value(ofLoss value: Double) -> Double {
    switch name {
    case "lppd": -value / Double(validationCount) - shift
    case "nll": value / Double(validationCount) + shift
    default: -value - trainingShift
    }
  }

  /// How far the metric is off where Q is off by so much.
  func error(ofLoss error: Double) -> Double { isEvidence ? error : error / Double(validationCount) }
}
