package import StudyModel

/// Search without retraining: some trials explore, each of them a training that learns the objective as a function of the
/// prior and the noise; the others are ordinary trainings, which verify what was found. The answer is always one of these.
///
/// What cannot be explored (the architecture, the learning rate, categories) is chosen for each exploration by the initial
/// design. Verified are first the optima of the explorations, the best first; then a Gaussian process chooses, which sees the
/// surfaces as a second, biased source: it learns their offset from the verified trials, and how far to trust them. Its
/// acquisition function weighs what is promising against what is not known.
package struct HypernetworkStrategy: SearchStrategy {
  private let configuration: SweepConfiguration
  private let design: InitialDesign
  private let space: SearchSpace
  private let explorations: Int
  private var completed: [CompletedTrial] = []
  /// The trials that explore, by number, with what they explore.
  private var explored: [Int: Exploration] = [:]
  private var points: [Int: Point] = [:]

  package var learns: Bool { true }
  package var size: Int? { design.cardinality }

  package init(_ configuration: SweepConfiguration) {
    self.configuration = configuration
    space = configuration.space
    design = InitialDesign(space: space, seed: configuration.seed, trials: nil)
    // Not a share of the budget: that may be raised, and what was decided then would not be decided now.
    let others = space.dimensions.count { Hyperparameter(path: $0.name) == nil }
    explorations = configuration.strategy.explorations ?? (others == 0 ? 1 : min(2 + 2 * others, 8))
  }

  package mutating func tell(_ completed: [CompletedTrial]) { self.completed += completed }

  package mutating func decided(_ decision: Decision) {
    points[decision.number] = decision.point
    explored[decision.number] = decision.note?.object?[Exploration.key].flatMap(Exploration.init)
  }

  package mutating func ask(_ request: AskRequest) throws -> [Suggestion] {
    // Each of them sees those before it.
    var copy = self
    var request = request
    var suggestions: [Suggestion] = []
    for number in request.numbers {
      guard let suggestion = try copy.suggestion(trial: number, request) else { break }
      copy.decided(Decision(number: number, point: suggestion.point, note: suggestion.note))
      request.asked.append(suggestion.point)
      request.pending.append(PendingTrial(number: number, point: suggestion.point))
      suggestions.append(suggestion)
    }
    return suggestions
  }

  private func suggestion(trial: Int, _ request: AskRequest) throws -> Suggestion? {
    if explored.count < explorations, let suggestion = exploration(trial: trial) { return suggestion }
    if let suggestion = verification(request) { return suggestion }
    return try modelled(trial: trial, request)
  }

  // MARK: Explorations

  /// The next exploration: the whole region of what can be explored, at a point of the initial design.
  private func exploration(trial: Int) -> Suggestion? {
    let known = Set(explored.compactMap { number, exploration in points[number].map { rest($0, exploration) } })
    // A point may have a prior that cannot be explored, or differ from an earlier one in what is explored alone.
    for number in 0..<(16 + 4 * explorations) {
      guard let point = design.point(trial: number, asked: AskedPoints(space: space)) else { return nil }
      let sides = configuration.explored(at: point)
      guard !sides.isEmpty, !known.contains(rest(point, Exploration(sides))) else { continue }
      return Suggestion(point: point, note: ["from": "exploration", Exploration.key: Exploration(sides).json])
    }
    return nil
  }

  /// What an exploration does not explore.
  private func rest(_ point: Point, _ exploration: Exploration) -> PointKey {
    var point = point
    for side in exploration.sides { point.values[side.dimension] = nil }
    return space.key(of: point)
  }

  // MARK: Verification

  /// The best optimum of an exploration that was not trained yet.
  private func verification(_ request: AskRequest) -> Suggestion? {
    let asked = Set(request.asked.enumerated().filter { explored[$0.offset] == nil }.map { space.key(of: $0.element) })
    let proposals = completed.compactMap { trial -> (point: Point, value: Double, trial: Int)? in
      guard let exploration = explored[trial.number], let value = middle(trial.surveys.map(\.optimum), exploration)
      else { return nil }
      return (point(trial.point, exploration, value.coordinates), value.mean, trial.number)
    }
    let sign: Double = configuration.objective.goal == .maximize ? 1 : -1
    let open = proposals.filter { !asked.contains(space.key(of: $0.point)) }
    guard let best = open.max(by: { (sign * $0.value, $1.trial) < (sign * $1.value, $0.trial) }) else { return nil }
    return Suggestion(
      point: best.point,
      note: ["from": "verification", "of": .integer(best.trial), "mean": .number(best.value)])
  }

  /// The folds' and seeds' optima as one, in the middle of theirs in the space's own scale.
  private func middle(_ values: [Survey.Value], _ exploration: Exploration) -> Survey.Value? {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let coordinates = exploration.sides.enumerated().compactMap { index, side -> Double? in
      guard let domain = space[side.dimension]?.domain else { return nil }
      let sum = values.reduce(0) { $0 + domain.coordinate(of: .number($1.coordinates[index])) }
      return domain.value(at: sum / count).double
    }
    guard coordinates.count == exploration.sides.count else { return nil }
    return Survey.Value(coordinates, mean: values.reduce(0) { $0 + $1.mean } / count)
  }

  private func point(_ base: Point, _ exploration: Exploration, _ coordinates: [Double]) -> Point {
    var point = base
    for (side, value) in zip(exploration.sides, coordinates) { point.values[side.dimension] = .number(value) }
    return point
  }

  // MARK: The model

  /// What a Gaussian process chooses that was told of the verified trials, and of the surfaces as trials of their own.
  private func modelled(trial: Int, _ request: AskRequest) throws -> Suggestion? {
    var settings = configuration
    settings.strategy.startup = 1
    var model = GaussianProcessStrategy(settings)
    let verified = completed.filter { explored[$0.number] == nil }
    model.tell(verified + surfaceTrials(verified: verified))
    var request = request
    // An exploration is no trial at its point.
    request.pending.removeAll { explored[$0.number] != nil }
    request.asked = request.asked.enumerated().filter { explored[$0.offset] == nil }.map(\.element)
    request.numbers = trial..<trial + 1
    return model.ask(request).first.map { suggestion in
      var note = suggestion.note?.object ?? [:]
      // The fit is of this decision's own model; the next one makes another.
      note["fit"] = nil
      return Suggestion(point: suggestion.point, note: .object(note))
    }
  }

  /// The surfaces' points as trials: moved by what they were off where trials were verified, with two runs each whose
  /// spread is the error that they have.
  private func surfaceTrials(verified: [CompletedTrial]) -> [CompletedTrial] {
    let metric = configuration.objective.metric
    var trials: [CompletedTrial] = []
    for trial in completed {
      guard let exploration = explored[trial.number], let first = trial.surveys.first else { continue }
      var values = first.surface.indices.map { index in
        Self.joined(trial.surveys.compactMap { $0.surface.indices.contains(index) ? $0.surface[index] : nil })
      }
      let bias = SurfaceBias(
        values, exploration, trial.point,
        verified: verified.compactMap { other in other.metrics[metric].map { (other.point, $0.mean) } }, space: space)
      for index in values.indices {
        values[index].mean += bias.offset
        values[index].error = ((values[index].error ?? 0) * (values[index].error ?? 0) + bias.variance).squareRoot()
      }
      for value in values {
        let spread = value.error ?? 0
        // The standard error of these two is `spread`.
        let runs = [value.mean - spread, value.mean + spread].map { [metric: $0] }
        trials.append(
          CompletedTrial(
            number: trial.number, point: point(trial.point, exploration, value.coordinates),
            metrics: [metric: Aggregate(of: [value.mean - spread, value.mean + spread])], runs: runs))
      }
    }
    return trials
  }

  /// One value of several runs at the same point: their mean, with its standard error and their own errors.
  private static func joined(_ values: [Survey.Value]) -> Survey.Value {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0) { $0 + $1.mean } / count
    let own = values.reduce(0) { $0 + ($1.error ?? 0) * ($1.error ?? 0) } / count
    let spread = values.reduce(0) { $0 + ($1.mean - mean) * ($1.mean - mean) } / max(1, count - 1)
    return Survey.Value(
      values.first?.coordinates ?? [], mean: mean, error: (own + (count > 1 ? spread / count : 0)).squareRoot())
  }
}
