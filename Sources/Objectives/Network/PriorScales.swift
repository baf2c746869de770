import BayesianNetworks
import StudyModel

/// The scales of a Gaussian prior that groups of weights have for themselves.
struct PriorScales: Sendable {
  let grouping: ScaleGrouping
  /// One for each group.
  let values: [Double]

  /// - Returns: nil where all weights share one.
  /// - Throws: `ObjectiveError` for more scales than there are groups.
  init?(_ prior: InferenceConfiguration.Prior, _ network: Network) throws(ObjectiveError) {
    guard let perGroup = prior.grouping else { return nil }
    switch perGroup {
    case .layer: grouping = .layers
    case .weight: grouping = .weights
    }
    let (count, given) = (grouping.count(network), prior.scales ?? [])
    guard given.count <= count else {
      throw ObjectiveError(
        "inference.prior.scales: there are \(given.count), and the network has \(count) "
          + (perGroup == .layer ? "layers with weights" : "weights"))
    }
    values = given + Array(repeating: prior.scale, count: count - given.count)
  }

  func prior(_ network: Network) -> any Prior { grouping.prior(network, scales: values) }

  /// One for each group.
  var hyperparameters: [Hyperparameter] { values.indices.map { .groupScale($0) } }

  /// - Throws: `ObjectiveError` for a group that is not there.
  func check(_ hyperparameter: Hyperparameter) throws(ObjectiveError) {
    guard case .groupScale(let index) = hyperparameter, index >= values.count else { return }
    throw ObjectiveError("\(hyperparameter.path): there are \(values.count) groups of weights")
  }
}
