import BayesianNetworks
package import StudyModel

/// Trains a Bayesian network on one fold and scores it on the fold's validation data.
///
/// The metrics are those of `Evaluation.metrics`: of the training data `elbo`, its parts and its standard error, of the
/// validation data `lppd`, `nll`, `ece`, and `rmse` or `error`.
package final class BayesianNetworkObjective: Objective {
  private let data: StudyData
  /// Members of an ensemble that are trained at a time.
  private let threads: Int

  /// - Throws: `ObjectiveError` when the configuration does not fit the data, or the metric is none of a network's.
  init(_ configuration: SweepConfiguration, data: StudyData, threads: Int = 1) throws(ObjectiveError) {
    self.data = data
    self.threads = threads
    let plan = try NetworkPlan(configuration, data: data.dataset)
    try plan.checkSizes(trainingRows: data.fold(0).train.count)
    let metric = configuration.objective.metric
    guard let known = NetworkMetric(rawValue: metric) else {
      throw ObjectiveError(
        "objective.metric: there is no metric \"\(metric)\"; a network has "
          + NetworkMetric.allCases.map(\.rawValue).joined(separator: ", "))
    }
    if let obstacle = known.obstacle(in: configuration) {
      throw ObjectiveError("objective.metric: \"\(metric)\" \(obstacle)")
    }
  }

  package func run(_ assignment: RunAssignment, context: any RunContext) throws -> [String: Double] {
    if let exploration = assignment.exploration {
      // The response of the weights to a prior has no members to part.
      if assignment.part != nil { return ["step": 0] }
      if exploration.isRelaxed {
        return try RelaxedExploration(exploration, assignment, data: data, context: context).run()
      }
      let strategy = assignment.configuration.strategy
      if strategy.kind == .gradient {
        // One run follows the mean over all folds.
        if strategy.folds == .together, assignment.fold != 0 { return ["step": 0] }
        let run = try HypergradientExploration(exploration, assignment, data: data, context: context)
        return try run.run()
      }
      var run = try HypernetworkExploration(exploration, assignment, data: data, context: context)
      return try run.run()
    }
    // A search over the number of members may leave a part with none.
    if let part = assignment.part, part.members(of: assignment.configuration.inference.networks).isEmpty {
      return ["step": 0]
    }
    let run = try NetworkRun(assignment, data: data, threads: threads, context: context)
    try run.train()
    return try assignment.part == nil ? run.evaluate() : run.endOfPart()
  }
}
