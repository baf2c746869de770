import BayesianNetworks
import Datasets
package import StudyModel

/// A network that was trained by itself, not in a search.
package struct TrainedNetwork: Sendable {
  package var metrics: [String: Double]
  /// The saved posterior; see `PosteriorFile`.
  package var file: [UInt8]
}

/// Trains the network of one configuration, from the assignment's checkpoint if it has one.
///
/// - Parameters:
///   - directory: The folder that relative paths start from.
///   - threads: The members of an ensemble that are trained at a time.
/// - Throws: `RunInterrupted` when the context asks to stop, after a checkpoint; what a run throws otherwise.
package func trainNetwork(
  _ assignment: RunAssignment, directory: String, threads: Int = 1, context: any RunContext
) throws -> TrainedNetwork {
  let configuration = assignment.configuration
  let data = try StudyData(configuration, directory: directory)
  let run = try NetworkRun(assignment, data: data, threads: threads, context: context)
  try run.train()
  let posterior = try run.posterior()
  let metrics = try run.evaluate(posterior)
  let file = PosteriorFile(
    posterior, model: run.plan.scoredModel(of: posterior), method: configuration.inference.method.rawValue,
    data: DataDescription(
      data.dataset, split: data.splits[assignment.fold], standardize: configuration.data?.standardize ?? .init(),
      model: configuration.model),
    configuration: configuration.trainingJSON.serialized(), metrics: metrics)
  return TrainedNetwork(metrics: metrics, file: try file.encode())
}

extension DataDescription {
  /// What a training on a split has made of the data; see `PreparedFold`.
  init(_ dataset: Dataset, split: Split, standardize: DataConfiguration.Standardize, model: ModelConfiguration) {
    let inputs = standardize.inputs ? Standardization(fittedOn: dataset.inputs, rows: split.train) : nil
    self.init(
      features: dataset.inputNames, inputMeans: inputs?.means, inputScales: inputs?.scales, target: dataset.targetName,
      degree: model.architecture == .polynomial ? model.degree : nil,
      image: dataset.imageShape.map { .image(height: $0.height, width: $0.width, channels: $0.channels) })
    switch dataset.target {
    case .classes(_, let names): classes = names
    case .values(let values):
      guard standardize.target else { return }
      let target = Standardization(fittedOn: split.train.map { values[$0] })
      (targetMean, targetScale) = (target.means[0], target.scales[0])
    }
  }
}
