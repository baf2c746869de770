import Foundation
import Objectives
import StudyModel

/// The trials of a sweep file in this process, one run after the other, as its workers would run them.
struct TrialEvaluation {
  private let configuration: SweepConfiguration
  private let objective: any Objective

  /// - Parameter directory: The folder that relative paths start from.
  init(_ configuration: SweepConfiguration, directory: String) throws {
    self.configuration = configuration
    objective = try makeObjective(for: configuration, directory: directory)
  }

  /// The mean of the objective's metric over folds and seeds; nil where a run fails.
  func value(trial: Int, at point: Point) throws -> Double? {
    let plan = configuration.plan
    let merged = try configuration.applying(point)
    let values = (0..<plan.scoredRunsPerTrial).compactMap { index -> Double? in
      let run = RunID(trial: trial, index: index)
      let assignment = RunAssignment(
        attempt: Attempt(run: run, number: 1), fold: plan.fold(of: run), seed: plan.seed(of: run), point: point,
        configuration: merged)
      return try? objective.run(assignment, context: NoContext())[configuration.objective.metric]
    }
    guard values.count == plan.scoredRunsPerTrial else { return nil }
    let mean = Aggregate(of: values).mean
    return mean.isFinite ? mean : nil
  }
}

/// Of a run that nobody follows.
private final class NoContext: RunContext {
  var checkpointDue: Bool { false }
  var stopRequested: Bool { false }
  func log(_ level: LogLevel, _ message: String) {}
  func report(step: Int, of total: Int?, metrics: [String: Double]) {}
  func checkpoint(step: Int, bytes: [UInt8]) {}
  func survey(_ survey: Survey) {}
}
