import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// A run that follows the gradient of the objective with respect to the hyperparameters, from the trial's point, while the
/// weights are trained.
struct HypergradientExploration {
  private let plan: ExplorationPlan
  private let explored: ExploredProblem
  private let descents: DescentPlan
  private let descent: any FollowedDescent
  private let context: any RunContext

  /// - Throws: `ObjectiveError` where the configuration cannot be explored, or a setting is out of range.
  init(_ exploration: Exploration, _ assignment: RunAssignment, data: StudyData, context: any RunContext) throws {
    plan = try ExplorationPlan(assignment, data: data)
    explored = try ExploredProblem(exploration, plan)
    descents = DescentPlan(plan, explored)
    self.context = context
    do {
      descent = try descents.descent(explored, key: plan.key.folded(0))
    } catch {
      throw ObjectiveError("strategy: \(error)")
    }
    context.log(
      .info,
      "\(plan.dataName): \(plan.configuration.strategy.method.rawValue) gradients of \(plan.configuration.objective.metric) "
        + "with respect to \(explored.names.joined(separator: ", ")), in \(descents.settings.steps) steps")
    resume(from: assignment.checkpoint)
    if descent.state.step == 0 { try explored.checkDependence(key: plan.key.folded(3)) }
  }

  /// Follows the gradient to the end, and hands over where that is.
  ///
  /// - Throws: `ObjectiveError` when it diverges; `RunInterrupted` when it is to stop.
  func run() throws -> [String: Double] {
    var lastCheckpoint = descent.state.step
    while !descent.isFinished {
      try pauseIfAsked(context, step: descent.state.step, last: &lastCheckpoint) { descent.state.encode() }
      do {
        try descent.step()
      } catch {
        throw ObjectiveError("\(error)")
      }
      let step = descent.state.step
      if step % pathStride == 0 { context.report(step: trainingSteps, of: nil, metrics: [:]) }
    }
    let survey = survey()
    context.survey(survey)
    context.log(.info, explored.text(survey))
    return ["steps": Double(survey.steps)]
  }

  private var pathStride: Int { max(1, descents.settings.steps / HypernetworkExploration.pathEntries) }

  /// Those of the weights, and those that the gradients count as.
  private var trainingSteps: Int {
    plan.copies * (descent.state.weights.trainingSteps + descent.state.step * descents.derivativeSteps)
  }

  private func survey() -> Survey {
    let state = descent.state
    let end = state.hyperparameters.doubles
    var tuning = plan.tuning
    // Without a reading: the mean of the last estimates.
    let last = state.values.suffix(max(1, state.values.count / 10))
    var optimum = SurfaceValue(hyperparameters: end, value: last.reduce(0, +) / Double(last.count))
    if descents.canRead {
      let reader = FineTuning(explored.problem, tuning, key: plan.key.folded(1))
      let weights = state.weights.weights
      optimum.value = reader.value(weights, at: end)
      optimum.tuningGap = reader.gap(from: weights, at: end)
    } else {
      tuning.steps = 0
    }
    let trajectory = state.trajectory
    let path = stride(from: 0, to: trajectory.count, by: pathStride).compactMap { step -> Survey.Value? in
      guard let hyperparameters = trajectory[step].hyperparameters else { return nil }
      return explored.value(
        SurfaceValue(hyperparameters: hyperparameters.map { Double($0) }, value: trajectory[step].value))
    }
    return Survey(
      surface: [], optimum: explored.value(optimum), path: path, steps: trainingSteps + tuning.steps)
  }

  // MARK: Checkpoints

  private func resume(from bytes: [UInt8]?) {
    guard let bytes else { return }
    do {
      try descent.resume(from: HyperparameterDescentState(decoding: bytes, expecting: descent.state))
      context.log(
        .info, "goes on from the checkpoint after step \(descent.state.step) of \(descents.settings.steps)")
    } catch {
      context.log(.warning, "\(error); begins anew")
    }
  }
}
