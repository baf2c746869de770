import BayesianNetworks
import Datasets
import Foundation
import StudyModel
import Tensors

/// What explorations of every kind are made from: the network and its data, and how long and in which steps it is trained.
///
/// What an exploration computes depends on the assignment alone, and it goes on from a checkpoint bit for bit.
struct ExplorationPlan {
  let network: NetworkPlan
  let fold: PreparedFold
  /// Where all folds are explored together: all of them, each standardised by its own training part, as in its trials.
  let folds: [PreparedFold]?
  let metric: ExploredMetric
  let dataName: String
  let batch: Int
  let stepsPerEpoch: Int
  let key: RandomKey

  /// - Throws: `ObjectiveError` where the configuration does not fit the data.
  init(_ assignment: RunAssignment, data: StudyData) throws {
    let configuration = assignment.configuration
    network = try NetworkPlan(configuration, data: data.dataset)
    let isTogether = configuration.strategy.kind == .gradient && configuration.strategy.folds == .together
    fold = try data.fold(assignment.fold).prepared(for: configuration.model)
    folds = isTogether ? try data.splits.indices.map { try data.fold($0).prepared(for: configuration.model) } : nil
    try network.checkSizes(trainingRows: fold.train.count)
    metric = ExploredMetric(configuration.objective.metric, folds ?? [fold])
    dataName = data.dataset.name
    key = StudyRandomness.run(assignment)
    batch = min(configuration.training.batchSize, fold.train.count)
    // Folds together see all examples in each step.
    stepsPerEpoch = isTogether ? 1 : (fold.train.count + batch - 1) / batch
  }

  /// Sets of weights that are trained side by side.
  var copies: Int { folds?.count ?? 1 }

  var configuration: SweepConfiguration { network.configuration }

  /// Training steps of an exploration.
  var steps: Int { stepsPerEpoch * (configuration.strategy.explorationEpochs ?? configuration.training.epochs) }

  /// A short training at fixed hyperparameters, which tells how far the weights are from their best response.
  var tuning: FineTuningSettings {
    FineTuningSettings(
      optimizer: Adam(learningRate: 0.1 * configuration.training.learningRate), steps: max(10, steps / 100),
      batchSize: batch)
  }
}

/// Writes a checkpoint where one is due or the run is to stop.
///
/// - Parameter last: The step of the last one.
/// - Throws: `RunInterrupted` where it is to stop.
func pauseIfAsked(_ context: any RunContext, step: Int, last: inout Int, state: () -> [UInt8]) throws {
  let isToStop = context.stopRequested
  if isToStop || context.checkpointDue, step > 0, step != last {
    context.checkpoint(step: step, bytes: state())
    last = step
  }
  if isToStop { throw RunInterrupted() }
}
