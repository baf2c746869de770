import StudyModel

extension ExploringStrategy {
  /// What a Gaussian process chooses that was told of the verified trials, and of the surfaces as trials of their own.
  func modelled(trial: Int, _ request: AskRequest) throws -> Suggestion? {
    var settings = configuration
    let verified = completed.filter { explored[$0.number] == nil }
    let surfaces = surfaceTrials(verified: verified)
    // Surfaces show the whole region; without them the model needs points of its own first.
    if !surfaces.isEmpty { settings.strategy.startup = 1 }
    var model = GaussianProcessStrategy(settings)
    model.tell(verified + surfaces)
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
      guard let exploration = explored[trial.number], !exploration.isRelaxed, let first = trial.surveys.first else {
        continue
      }
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
