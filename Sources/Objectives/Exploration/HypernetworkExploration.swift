import BayesianNetworks
import Datasets
import Foundation
import StudyModel
import Tensors

/// A run that learns how the posterior responds to the prior and the noise, and says what the objective looks like as a
/// function of them: one training instead of one for each point.
///
/// What it computes depends on the assignment alone, and it goes on from a checkpoint bit for bit.
struct HypernetworkExploration {
  /// Points of the surface.
  private static let surfacePoints = 24
  /// Steps of a search between two entries of its path, as a part of all.
  private static let pathEntries = 50

  private let explored: ExploredProblem
  private let names: [String]
  private let mode: SweepConfiguration.Strategy.Mode
  private let trainer: ResponseTrainer<Float>
  private let totalSteps: Int
  private let tuning: FineTuningSettings
  private let key: RandomKey
  private let context: any RunContext
  /// The search's hyperparameters on the way, one after another.
  private var path: [Double] = []
  private var lastCheckpoint: Int?

  /// - Throws: `ObjectiveError` or `BestResponseError` where the configuration cannot be explored.
  init(_ exploration: Exploration, _ assignment: RunAssignment, data: StudyData, context: any RunContext) throws {
    let configuration = assignment.configuration
    let plan = try NetworkPlan(configuration, data: data.dataset)
    let fold = try data.fold(assignment.fold).prepared(for: configuration.model)
    try plan.checkSizes(trainingRows: fold.train.count)
    explored = try ExploredProblem(exploration, plan, fold)
    names = exploration.sides.map(\.dimension)
    mode = configuration.strategy.mode
    key = StudyRandomness.run(assignment)
    self.context = context
    let training = configuration.training
    let batch = min(training.batchSize, fold.train.count)
    let epochs = configuration.strategy.explorationEpochs ?? training.epochs
    let responseSteps = (fold.train.count + batch - 1) / batch * epochs
    var settings = ResponseSettings(
      optimizer: Adam(learningRate: training.learningRate), batchSize: batch,
      validationBatchSize: min(batch, explored.problem.validation.count))
    settings.schedule = .cosine(steps: responseSteps)
    let (response, method) = Self.method(mode, explored, responseSteps: responseSteps, batch: batch)
    totalSteps = method.search == nil ? responseSteps : 2 * responseSteps
    trainer = try ResponseTrainer(explored.problem, response, method: method, settings: settings, key: key.folded(0))
    tuning = FineTuningSettings(
      optimizer: Adam(learningRate: 0.1 * training.learningRate), steps: max(10, responseSteps / 100), batchSize: batch)
    context.log(
      .info,
      "\(data.dataset.name): a \(mode.rawValue) hypernetwork of \(trainer.response.parameterCount) parameters for "
        + "\(explored.problem.weightCount) of the posterior and \(names.joined(separator: ", "))")
    if mode == .localFixed { context.log(.warning, FixedLocalHypernetwork.warning) }
    resume(from: assignment.checkpoint)
  }

  private static func method(
    _ mode: SweepConfiguration.Strategy.Mode, _ explored: ExploredProblem, responseSteps: Int, batch: Int
  ) -> (response: any BestResponse<Float>, method: any ResponseMethod) {
    let (problem, box) = (explored.problem, explored.box)
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
      try pauseIfAsked()
      do {
        try trainer.step()
      } catch {
        throw ObjectiveError("\(error)")
      }
      notePath()
    }
    let survey = try survey()
    context.survey(survey)
    context.log(
      .info,
      "the best it expects: \(text(survey.optimum)), after \(survey.steps) steps")
    return ["steps": Double(survey.steps)]
  }

  private mutating func notePath() {
    let step = trainer.state.step
    guard step % max(1, totalSteps / Self.pathEntries) == 0 else { return }
    if trainer.method.search != nil { path += trainer.state.hyperparameters.doubles }
    context.report(step: step, of: totalSteps, metrics: [:])
  }

  // MARK: The surface

  private func survey() throws -> Survey {
    let surface = ResponseSurface(
      explored.problem, members: [.init(trainer.response, trainer.state)], tuning: tuning, key: key.folded(1))
    // A search has its own answer, and elsewhere a response that was learned around it may be wrong.
    let hasSearch = trainer.method.search != nil
    let optimum =
      hasSearch
      ? surface.value(at: trainer.state.hyperparameters.doubles)
      : surface.optimum(in: explored.box, steps: 100, key: key.folded(2))
    var values: [Survey.Value] = []
    for point in explored.points(Self.surfacePoints) {
      try pauseIfAsked()
      values.append(value(surface.value(at: point)))
    }
    // Of the hypernetwork as it is at the end.
    let reader = ResponseSurface(
      explored.problem, members: [.init(trainer.response, trainer.state)], key: key.folded(1))
    let count = explored.box.count
    let way = stride(from: 0, to: path.count, by: count).map { value(reader.value(at: Array(path[$0..<$0 + count]))) }
    let reading = (Self.surfacePoints + 1) * tuning.steps
    return Survey(
      surface: values, optimum: value(optimum), path: way, steps: trainer.state.step + reading)
  }

  private func value(_ value: SurfaceValue) -> Survey.Value {
    Survey.Value(
      explored.coordinates(of: value.hyperparameters, in: names), mean: explored.metric(ofLoss: value.value),
      error: value.error.map { explored.metricError(ofLoss: $0) })
  }

  private func text(_ value: Survey.Value) -> String {
    let coordinates = zip(names, value.coordinates).map { "\($0) \(String(format: "%.4g", $1))" }
    let error = value.error.map { " ± \(String(format: "%.2g", $0))" } ?? ""
    return "\(coordinates.joined(separator: ", ")): \(String(format: "%.5g", value.mean))\(error)"
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

  private func pauseIfAsked() throws {
    let isToStop = context.stopRequested
    let step = trainer.state.step
    if isToStop || context.checkpointDue, step > 0, step != lastCheckpoint {
      context.checkpoint(step: step, bytes: trainer.state.encode(path: path))
    }
    if isToStop { throw RunInterrupted() }
  }
}
