package import StudyModel

/// Search without retraining: some trials explore, each of them a training that learns the objective as a function of the
/// hyperparameters, or follows its gradient; the others are ordinary trainings, which verify what was found. The answer is
/// always one of these.
///
/// What cannot be explored (the architecture, the learning rate, categories) is chosen for each exploration by the initial
/// design, and so is where a descent starts. A hypernetwork explores the box, or each of the regions that it is cut into.
/// Verified are first the optima of the explorations, the best first; then a Gaussian process chooses, which sees the
/// surfaces as a second, biased source: it learns their offset from the verified trials, and how far to trust them. Its
/// acquisition function weighs what is promising against what is not known.
package struct ExploringStrategy: SearchStrategy {
  let configuration: SweepConfiguration
  let design: InitialDesign
  let space: SearchSpace
  let explorations: Int
  /// Whether an exploration is a descent.
  var follows: Bool { configuration.strategy.kind == .gradient }
  var completed: [CompletedTrial] = []
  /// The trials that explore, by number, with what they explore.
  var explored: [Int: Exploration] = [:]
  var points: [Int: Point] = [:]

  package var learns: Bool { true }
  package var size: Int? { design.cardinality }

  package init(_ configuration: SweepConfiguration) {
    self.configuration = configuration
    space = configuration.space
    design = InitialDesign(space: space, seed: configuration.seed, trials: InitialDesign.trials(in: space))
    // Not a share of the budget: that may be raised, and what was decided then would not be decided now.
    let names = configuration.exploredDimensions
    let others = space.dimensions.count { !names.contains($0.name) }
    let follows = configuration.strategy.kind == .gradient
    let alone = follows ? 3 : Self.regions(configuration, at: design)
    explorations =
      configuration.strategy.explorations ?? min(others == 0 ? alone : (2 + 2 * others) * (follows ? 1 : alone), 8)
  }

  /// Those of the first point of the design that can be explored.
  static func regions(_ configuration: SweepConfiguration, at design: InitialDesign) -> Int {
    for number in 0..<16 {
      guard let point = design.point(trial: number, asked: AskedPoints(space: configuration.space)) else { break }
      let count = configuration.regions(at: point).count
      if count > 0 { return count }
    }
    return 1
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

  /// Nil to wait for a trial that runs: what is found is verified before anything else, and the budget is not to be used
  /// up before that.
  func suggestion(trial: Int, _ request: AskRequest) throws -> Suggestion? {
    let pending = Set(request.pending.map(\.number))
    if configuration.strategy.relax {
      if !explored.values.contains(where: \.isRelaxed), let suggestion = relaxation() { return suggestion }
      if explored.contains(where: { $0.value.isRelaxed && pending.contains($0.key) }) { return nil }
    }
    if let suggestion = verification(request) { return suggestion }
    if isVerifyingChoices(pending) { return nil }
    let made = explored.values.count { !$0.isRelaxed }
    // A descent finds the nearest optimum: there may be others.
    // At a time no more than can be verified. Waiting is no decision, so that a larger budget changes none.
    let running = explored.keys.count(where: pending.contains)
    if running > 0, 2 * (running + 1) > configuration.strategy.trials ?? .max { return nil }
    let isOpen = made < explorations || follows && configuration.strategy.explorations == nil
    if isOpen, !comesToNothing, let suggestion = exploration(trial: trial) { return suggestion }
    if running > 0 { return nil }
    return try modelled(trial: trial, request)
  }

  /// Whether the explorations have all failed, and there were some.
  private var comesToNothing: Bool {
    let ended = completed.filter { explored[$0.number] != nil }
    return ended.count >= 3 && ended.allSatisfy(\.surveys.isEmpty)
  }

  // MARK: Explorations

  /// The next exploration: of a region of what can be explored, at a point of the initial design; a descent starts at the
  /// points that are to be tried first, and then at those.
  func exploration(trial: Int) -> Suggestion? {
    let known = Set(explored.compactMap { number, exploration in points[number].map { part($0, exploration) } })
    let starts = follows ? configuration.enqueuedPoints : []
    // A point may have a prior that cannot be explored, or differ from an earlier one in what is explored alone.
    for number in 0..<(16 + 4 * (explorations + explored.count)) {
      let point =
        number < starts.count
        ? starts[number] : design.point(trial: number - starts.count, asked: AskedPoints(space: space))
      guard var point else { return nil }
      if number >= starts.count, let chosen = chosen() { point = chosen(point) }
      if follows, number >= starts.count, isNearAStart(point) { continue }
      for exploration in configuration.regions(at: point) where !known.contains(part(point, exploration)) {
        return Suggestion(point: point, note: ["from": "exploration", Exploration.key: exploration.json])
      }
    }
    return nil
  }

  /// Whether a descent started close by: the first points of a sequence may lie near one another.
  private func isNearAStart(_ point: Point) -> Bool {
    explored.contains { number, exploration in
      guard let start = points[number], !exploration.isRelaxed, rest(start, exploration) == rest(point, exploration)
      else { return false }
      return exploration.sides.allSatisfy { side in
        guard let domain = space[side.dimension]?.domain, let a = start[side.dimension], let b = point[side.dimension]
        else { return false }
        return abs(domain.coordinate(of: a) - domain.coordinate(of: b)) < 0.12
      }
    }
  }

  /// What sets an exploration apart from others: where a descent starts; of a hypernetwork the region, and what is not
  /// explored.
  func part(_ point: Point, _ exploration: Exploration) -> [AnyHashable] {
    if follows { return [space.key(of: point)] }
    return [rest(point, exploration), exploration]
  }

  /// What an exploration does not explore.
  func rest(_ point: Point, _ exploration: Exploration) -> PointKey {
    var point = point
    for side in exploration.sides { point.values[side.dimension] = nil }
    return space.key(of: point)
  }

  // MARK: Verification

  /// The best optimum of an exploration that was not trained yet.
  func verification(_ request: AskRequest) -> Suggestion? {
    let asked = request.asked.enumerated().filter { explored[$0.offset] == nil }.map(\.element)
    let proposals = completed.flatMap { trial -> [Proposal] in
      guard let exploration = explored[trial.number] else { return [] }
      if exploration.isRelaxed {
        let mean = trial.surveys.reduce(0) { $0 + $1.optimum.mean } / Double(max(1, trial.surveys.count))
        return chosenValues(trial, exploration).enumerated().map { rank, values in
          Proposal(point: replacing(values, in: trial.point), value: mean, trial: trial.number, rank: rank)
        }
      }
      guard let value = middle(trial.surveys.map(\.optimum), exploration) else { return [] }
      let point = point(trial.point, exploration, value.coordinates)
      return [Proposal(point: point, value: value.mean, trial: trial.number, rank: 0)]
    }
    let sign: Double = configuration.objective.goal == .maximize ? 1 : -1
    let open = proposals.filter { proposal in !asked.contains { isSame($0, proposal.point) } }
    guard
      let best = open.max(by: { (sign * $0.value, $1.rank, $1.trial) < (sign * $1.value, $0.rank, $0.trial) })
    else { return nil }
    return Suggestion(
      point: best.point,
      note: ["from": "verification", "of": .integer(best.trial), "mean": .number(best.value)])
  }

  /// A point that an exploration found, with what it expects there.
  struct Proposal {
    var point: Point
    var value: Double
    var trial: Int
    /// Of several of one exploration, the best one first.
    var rank: Int
  }

  /// Whether two points are one as far as a training could tell: descents from different starts end close together.
  func isSame(_ a: Point, _ b: Point) -> Bool {
    space.dimensions.allSatisfy { dimension in
      guard let x = a[dimension.name], let y = b[dimension.name] else {
        return a[dimension.name] == b[dimension.name]
      }
      guard case .float = dimension.domain else { return x == y }
      return abs(dimension.domain.coordinate(of: x) - dimension.domain.coordinate(of: y)) < 0.005
    }
  }

  /// The folds' and seeds' optima as one, in the middle of theirs in the space's own scale.
  func middle(_ values: [Survey.Value], _ exploration: Exploration) -> Survey.Value? {
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

  func point(_ base: Point, _ exploration: Exploration, _ coordinates: [Double]) -> Point {
    var point = base
    for (side, value) in zip(exploration.sides, coordinates) { point.values[side.dimension] = .number(value) }
    return point
  }
}
