import GaussianProcesses
package import StudyModel
import Tensors

/// Bayesian optimisation: a Gaussian process learns the objective from the trials, and the next trial is where an
/// acquisition function is greatest.
///
/// The first trials are an initial design. A decision depends on the results that were told, the trials that are pending,
/// the earlier decisions' notes and the seed; nothing else. An ask never fails: where the model has nothing to say, the
/// initial design goes on.
package struct GaussianProcessStrategy: SearchStrategy {
  let encoding: SpaceEncoding
  private let design: InitialDesign
  let settings: SweepConfiguration.Strategy
  let objective: SweepConfiguration.Objective
  private let seed: Int
  /// Over the space; each decision scrambles it anew, as the other one over the values that an expectation is taken over.
  let cube: ScrambledSobolSequence
  private var completed: [CompletedTrial] = []
  private var asked: AskedPoints
  private var lastFit: ModelFit?
  /// Saves time; it changes nothing.
  private var lastModel: SurrogateModel?

  package var learns: Bool { true }
  package var size: Int? { settings.replicates ? nil : design.cardinality }

  package init(_ configuration: SweepConfiguration) {
    let space = configuration.space
    settings = configuration.strategy
    objective = configuration.objective
    seed = configuration.seed
    encoding = SpaceEncoding(space)
    design = InitialDesign(
      space: space, seed: seed,
      trials: settings.startup ?? InitialDesign.trials(in: space, acquisition: settings.acquisition))
    cube = ScrambledSobolSequence(dimensions: space.count, seed: seed)
    asked = AskedPoints(space: space)
  }

  package mutating func tell(_ completed: [CompletedTrial]) { self.completed += completed }

  package mutating func decided(_ decision: Decision) {
    if let fit = ModelFit(decision.note?.object?["fit"], features: encoding.width) { lastFit = fit }
  }

  package mutating func ask(_ request: AskRequest) -> [Suggestion] {
    asked.follow(request.asked)
    var asked = asked
    var pending = request.pending.map(\.point)
    var suggestions: [Suggestion] = []
    for number in request.numbers {
      guard let suggestion = suggestion(trial: number, pending: pending, asked: asked) else { break }
      asked.insert(suggestion.point)
      pending.append(suggestion.point)
      suggestions.append(suggestion)
    }
    return suggestions
  }

  private mutating func suggestion(trial: Int, pending: [Point], asked: AskedPoints) -> Suggestion? {
    if trial >= design.trials, encoding.width > 0, let model = model(trial: trial),
      let suggestion = proposal(model, trial: trial, pending: pending, asked: asked)
    {
      return suggestion
    }
    if let point = design.point(trial: trial, asked: asked) {
      return Suggestion(point: point, note: ["from": trial < design.trials ? "design" : "fallback"])
    }
    guard settings.replicates else { return nil }
    return Suggestion(point: design.anyPoint(trial: trial), note: ["from": "fallback"])
  }

  // MARK: The model

  func key(trial: Int) -> RandomKey { RandomKey(seed: UInt64(bitPattern: Int64(seed))).folded(trial) }

  /// Trials outside the space, which a user may have put there, cannot be learned from.
  var learned: [CompletedTrial] { completed.filter { encoding.space.contains($0.point) } }

  func outcome(_ trial: CompletedTrial) -> Double? {
    guard let mean = trial.metrics[objective.metric]?.mean, mean.isFinite else { return nil }
    return objective.goal == .maximize ? mean : -mean
  }

  /// The trials with an outcome, in the order in which they were told.
  var results: [(trial: Int, result: SurrogateModel.Result)] {
    learned.compactMap { trial in
      guard let outcome = outcome(trial) else { return nil }
      let runs = trial.runs.compactMap { $0[objective.metric] }
      return (trial.number, SurrogateModel.Result(row: encoding.row(of: trial.point), outcome: outcome, runs: runs))
    }
  }

  var kernel: StationaryKernel { settings.kernel == .rbf ? .rbf : .matern52 }

  /// Nil where no trial has an outcome.
  private mutating func model(trial: Int) -> SurrogateModel? {
    let results = results.map(\.result)
    guard !results.isEmpty else { return nil }
    let model = SurrogateModel(
      results, features: encoding.features, kernel: kernel, last: lastFit, previous: lastModel,
      key: key(trial: trial).folded(0))
    lastModel = model
    return model
  }

  // MARK: The next point

  private func proposal(
    _ model: SurrogateModel, trial: Int, pending: [Point], asked: AskedPoints
  ) -> Suggestion? {
    let key = key(trial: trial)
    let process = model.process
    var candidates = CandidatePoints(
      process, encoding: encoding, cube: scrambled(cube, trial: trial), key: key.folded(1))
    if let branches = design.branches, let owed = branches.owed(after: completed.map(\.point) + pending) {
      candidates = candidates.filtered { branches.branch(of: encoding.point(of: $0)) == owed }
    }
    let optimizer = AcquisitionOptimizer(
      features: encoding.features, lengthScales: process.lengthScales, isStructural: encoding.isStructural)
    let taken = settings.replicates ? [] : learned.map(\.point) + pending
    let rows = taken.filter { encoding.space.contains($0) }.map { encoding.row(of: $0) }
    let best = optimizer.maximize(
      acquisition(model, pending: pending, trial: trial, key: key), candidates: encoding.matrix(candidates.rows),
      incumbents: candidates.incumbents, key: key.folded(2), repair: { encoding.repair(&$0) },
      isExcluded: { row in rows.contains { Self.isSame($0, row) } }
    ).first
    guard let best, best.value.isFinite else { return nil }
    let point = encoding.point(of: best.point)
    guard settings.replicates || !asked.contains(point) else { return nil }
    return Suggestion(point: point, note: note(model, best, trial: trial))
  }

  /// Closer than anything that a search could want to tell apart.
  private static func isSame(_ a: [Double], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { $0.isNaN ? $1.isNaN : abs($0 - $1) < 1e-7 }
  }

  func scrambled(
    _ sequence: ScrambledSobolSequence, trial: Int, dimensions: Int? = nil
  ) -> ScrambledSobolSequence {
    sequence.rescrambled(seed: seed &+ (trial &+ 1) &* 1_000_003, dimensions: dimensions)
  }

  // MARK: Notes

  private func note(_ model: SurrogateModel, _ best: AcquisitionOptimizer.Proposal, trial: Int) -> JSONValue {
    var note: JSONObject = [
      "from": "model", "key": [.integer(seed), .integer(trial)], "value": .number(best.value),
    ]
    let expected = model.prediction(at: best.point)
    if expected.mean.isFinite, expected.outcomeStandardDeviation.isFinite {
      note["mean"] = .number(objective.goal == .maximize ? expected.mean : -expected.mean)
      note["standardDeviation"] = .number(expected.standardDeviation)
      note["outcomeStandardDeviation"] = .number(expected.outcomeStandardDeviation)
    }
    if model.isNew { note["fit"] = model.fit.json }
    return .object(note)
  }
}
