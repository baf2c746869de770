import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// A run that learns how the posterior responds to the prior and the noise, and says what the objective looks like as a
/// function of them: one training instead of one for each point.
struct HypernetworkExploration {
  /// Points of the surface.
  private static let surfacePoints = 24
  /// Entries of a search's path.
  static let pathEntries = 50

  private let plan: ExplorationPlan
  private let explored: ExploredProblem
  private let trainer: ResponseTrainer<Float>
  private let totalSteps: Int
  private let context: any RunContext
  /// The search's hyperparameters on the way, one after another.
  private var path: [Double] = []
  private var lastCheckpoint = 0

  /// - Throws: `ObjectiveError` or `BestResponseError` where the configuration cannot be explored.
  init(_ exploration: Exploration, _ assignment: RunAssignment, data: StudyData, context: any RunContext) throws {
    plan = try ExplorationPlan(assignment, data: data)
    explored = try ExploredProblem(exploration, plan)
    self.context = context
    let (responseSteps, batch) = (plan.steps, plan.batch)
    let mode = plan.configuration.strategy.mode
    guard let layered = explored.layered else { throw ObjectiveError("a hypernetwork explores each fold by itself") }
    var settings = ResponseSettings(
      optimizer: Adam(learningRate: plan.configuration.training.learningRate), batchSize: batch,
      validationBatchSize: min(batch, explored.problem.validation.count))
    settings.schedule = .cosine(steps: responseSteps)
    let (response, method) = Self.method(mode, explored, layered, responseSteps: responseSteps, batch: batch)
    totalSteps = method.search == nil ? responseSteps : 2 * responseSteps
    trainer = try ResponseTrainer(
      explored.problem, response, method: method, settings: settings, key: plan.key.folded(0))
    context.log(
      .info,
      "\(plan.dataName): a \(mode.rawValue) hypernetwork of \(trainer.response.parameterCount) parameters for "
        + "\(explored.problem.weightCount) of the weights and \(explored.names.joined(separator: ", "))")
    if mode == .localFixed { context.log(.warning, FixedLocalHypernetwork.warning) }
    resume(from: assignment.checkpoint)
    if trainer.state.step == 0 { try explored.checkDependence(key: plan.key.folded(3)) }
  }

  private static func method(
    _ mode: SweepConfiguration.Strategy.Mode, _ explored: ExploredProblem, _ layered: any LayeredProblem<Float>,
    responseSteps: Int, batch: Int
  ) -> (response: any BestResponse<Float>, method: any ResponseMethod) {
    let (problem, box) = (layered, explored.box)
    let (weights, count) = (problem.weightCount, problem.hyperparameterCount)
    var search = HyperparameterSearch(
      start: explored.start, box: box, optimizer: Adam(learningRate: 0.02),
      scale: box.halfWidths.map { max(0.15 * $0, 1e-3) })
    search.warmup = responseSteps / 10
    search.schedule = .cosine(steps: responseSteps)
    switch mode {
    case .structured:
      return (
        StructuredResponse(problem),
        SelfTuning(search, draws: min(4, batch), scaleTraining: nil)
      )
    case .global:
      return (
        PerceptronResponse(weights: weights, hyperparameters: count, inputScales: box.halfWidths.map { max($0, 1e-6) }),
        GlobalHypernetwork(.uniform(box), draws: min(4, batch), sharesMinibatch: false)
      )
    case .local:
      return (LinearResponse(weights: weights, hyperparameters: count), LocalHypernetwork(search))
    case .localFixed:
      return (LinearResponse(weights: weights, hyperparameters: count), FixedLocalHypernetwork(search))
    }
  }

  /// Trains the hypernetwork, and hands over what it found.
  ///
  /// - Throws: `ObjectiveError` when it diverges; `RunInterrupted` when it is to stop.
  mutating func run() throws -> [String: Double] {
    while trainer.state.step < totalSteps {
      try pause()
      do {
        try trainer.step()
      } catch {
        throw ObjectiveError("\(error)")
      }
      notePath()
    }
    let survey = try self.survey()
    context.survey(survey)
    context.log(.info, explored.text(survey))
    return ["steps": Double(survey.steps)]
  }

  private mutating func notePath() {
    let step = trainer.state.step
    guard step % max(1, totalSteps / Self.pathEntries) == 0 else { return }
    if trainer.method.search != nil { path += trainer.state.hyperparameters.doubles }
    context.report(step: step, of: totalSteps, metrics: [:])
  }

  // MARK: The surface

  private mutating func survey() throws -> Survey {
    let surface = ResponseSurface(
      explored.problem, members: [.init(trainer.response, trainer.state)], tuning: plan.tuning,
      key: plan.key.folded(1))
    // A search has its own answer, and elsewhere a response that was learned around it may be wrong.
    let hasSearch = trainer.method.search != nil
    let optimum =
      hasSearch
      ? surface.value(at: trainer.state.hyperparameters.doubles)
      : surface.optimum(in: explored.box, steps: 100, key: plan.key.folded(2))
    var values: [Survey.Value] = []
    for point in explored.points(Self.surfacePoints) {
      try pause()
      values.append(explored.value(surface.value(at: point)))
    }
    // Of the hypernetwork as it is at the end.
    let reader = ResponseSurface(
      explored.problem, members: [.init(trainer.response, trainer.state)], key: plan.key.folded(1))
    let count = explored.box.count
    let way = stride(from: 0, to: path.count, by: count).map {
      explored.value(reader.value(at: Array(path[$0..<$0 + count])))
    }
    let reading = (Self.surfacePoints + 1) * plan.tuning.steps
    return Survey(
      surface: values, optimum: explored.value(optimum), path: way, steps: trainer.state.step + reading)
  }

  // MARK: Checkpoints

  private mutating func resume(from bytes: [UInt8]?) {
    guard let bytes else { return }
    do {
      try trainer.resume(from: ResponseState(decoding: bytes, expecting: trainer.state, path: &path))
      lastCheckpoint = trainer.state.step
      context.log(.info, "goes on from the checkpoint after step \(trainer.state.step) of \(totalSteps)")
    } catch {
      path = []
      context.log(.warning, "\(error); begins anew")
    }
  }

  private mutating func pause() throws {
    var last = lastCheckpoint
    defer { lastCheckpoint = last }
    let (trainer, path) = (trainer, path)
    try pauseIfAsked(context, step: trainer.state.step, last: &last) { trainer.state.encode(path: path) }
  }
}
