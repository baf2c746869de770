import StudyModel

extension ExploringStrategy {
  /// The training that chooses between listed values, at the first point of the design that lets it.
  func relaxation() -> Suggestion? {
    for number in 0..<16 {
      guard let point = design.point(trial: number, asked: AskedPoints(space: space)) else { return nil }
      let choices = configuration.relaxed(at: point)
      guard !choices.isEmpty else { continue }
      return Suggestion(
        point: point, note: ["from": "exploration", Exploration.key: Exploration([], choices: choices).json])
    }
    return nil
  }

  /// What puts the values that a relaxation chose into a point; nil before one is done. Where its proposals were verified,
  /// the better one is taken.
  func chosen() -> ((Point) -> Point)? {
    let (metric, maximizes) = (configuration.objective.metric, configuration.objective.goal == .maximize)
    for trial in completed {
      guard let exploration = explored[trial.number], exploration.isRelaxed else { continue }
      let answers = chosenValues(trial, exploration)
      let verified = answers.compactMap { values -> (values: [String: JSONValue], value: Double)? in
        let found = completed.filter { other in
          explored[other.number] == nil && values.allSatisfy { other.point[$0.key] == $0.value }
        }.compactMap { $0.metrics[metric]?.mean }
        return (maximizes ? found.max() : found.min()).map { (values, $0) }
      }
      let best = verified.max { maximizes ? $0.value < $1.value : $0.value > $1.value }
      if let values = best?.values ?? answers.first { return { base in replacing(values, in: base) } }
    }
    return nil
  }

  /// Whether trainings run that verify what a relaxation chose: the explorations after it begin with the better one.
  func isVerifyingChoices(_ pending: Set<Int>) -> Bool {
    completed.contains { trial in
      guard let exploration = explored[trial.number], exploration.isRelaxed else { return false }
      return chosenValues(trial, exploration).contains { values in
        let answer = replacing(values, in: trial.point)
        return pending.contains { number in
          explored[number] == nil && points[number].map { isSame($0, answer) } ?? false
        }
      }
    }
  }

  /// The two most probable selections, by the mean of the runs' probabilities: weights that options share favour those that
  /// learn fast, and the second is often the better one.
  func chosenValues(_ trial: CompletedTrial, _ exploration: Exploration) -> [[String: JSONValue]] {
    let counts = exploration.choices.map(\.values.count)
    let runs = trial.surveys.map(\.probabilities).filter { $0.map(\.count) == counts }
    guard !runs.isEmpty else { return [] }
    var selections: [(values: [String: JSONValue], probability: Double)] = [([:], 1)]
    for (index, choice) in exploration.choices.enumerated() {
      let longer = selections.flatMap { selection in
        choice.values.enumerated().map { place, value in
          let mean = runs.reduce(0) { $0 + $1[index][place] } / Double(runs.count)
          return (
            values: selection.values.merging([choice.dimension: value]) { $1 },
            probability: selection.probability * mean
          )
        }
      }
      selections = Array(longer.sorted { $0.probability > $1.probability }.prefix(2))
    }
    return selections.map(\.values)
  }

  /// A point with other values, and what becomes active by them in its middle.
  func replacing(_ values: [String: JSONValue], in base: Point) -> Point {
    space.point { _, dimension in
      values[dimension.name] ?? base[dimension.name] ?? dimension.domain.value(at: 0.5)
    }
  }
}
