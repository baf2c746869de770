import Datasets
package import StudyModel

/// What `checkObjective` checks, and the data of a network in words: `noisy-sine: 1024 rows, 1 input, target y; the first
/// of 4 folds trains on 768 and validates on 256`.
///
/// - Returns: nil for programs and functions.
/// - Throws: `ObjectiveError` or `DatasetError`.
package func dataSummary(for configuration: SweepConfiguration, directory: String) throws -> String? {
  guard configuration.objective.isNetwork else {
    try checkObjective(for: configuration, directory: directory)
    return nil
  }
  let data = try StudyData(configuration, directory: directory)
  _ = try BayesianNetworkObjective(configuration, data: data)
  let dataset = data.dataset
  let inputs = dataset.inputs.columns
  let target =
    switch dataset.target {
    case .values: "target \(dataset.targetName)"
    case .classes(_, let names): "\(names.count) classes of \(dataset.targetName)"
    }
  let folds = configuration.plan.folds
  let split = data.splits[0]
  return "\(dataset.name): \(dataset.rows) rows, \(inputs) input\(inputs == 1 ? "" : "s"), \(target); "
    + (folds > 1 ? "the first of \(folds) folds trains on" : "training on")
    + " \(split.train.count) and \(folds > 1 ? "validates" : "validation") on \(split.validation.count)"
}
