import ModelSelection
package import StudyModel

/// What the explorations of a study learned, for `surface`: each with the best that it predicts, a slice along each
/// dimension beside the trials that verify it, and the way that its search took.
package struct SurfaceReport {
  /// Rows of a slice, and of the trials beside it: what fits a screen. The exports have all.
  private static let sliceRows = 12
  private static let verifiedRows = 16
  private static let barWidth = 36

  package let study: String
  package let metric: String
  package let goal: SweepConfiguration.Objective.Goal
  package let plan: RunPlan
  package let surfaces: [LearnedSurface]
  /// The explorations that chose between listed values.
  package let relaxed: [RelaxedAnswer]
  /// The explorations that have no surface yet, or failed.
  package let unfinished: [TrialRecord]

  /// - Parameter trial: The number of the one exploration that is wanted; nil: all.
  package init(
    study: String, configuration: SweepConfiguration, plan: RunPlan, trials: [TrialRecord], trial: Int? = nil
  ) {
    self.study = study
    metric = configuration.objective.metric
    goal = configuration.objective.goal
    self.plan = plan
    let explorations = trials.filter { $0.exploration != nil && (trial == nil || $0.number == trial) }
    surfaces = explorations.compactMap {
      LearnedSurface($0, among: trials, space: configuration.space, objective: configuration.objective)
    }
    relaxed = explorations.compactMap { RelaxedAnswer($0, space: configuration.space) }
    let learned = Set(surfaces.map(\.trial) + relaxed.map(\.trial))
    unfinished = explorations.filter { !learned.contains($0.number) }
  }

  package func render(width: Int?, style: Style) -> String {
    var parts = surfaces.map { section($0, width, style) }
    if surfaces.count > 1 { parts.insert(overview(width, style), at: 0) }
    if !relaxed.isEmpty { parts.insert(relaxed.map { wrapped($0.sentence, to: width) }.joined(), at: 0) }
    if !unfinished.isEmpty { parts.append(unfinished.map { wrapped(Self.sentence($0), to: width) }.joined()) }
    return parts.joined(separator: "\n")
  }

  /// `Trial 3 explores and is running.`
  private static func sentence(_ record: TrialRecord) -> String {
    switch record.state {
    case .failed:
      "Trial \(record.number) explored and failed: \(truncated(printable(record.reason ?? "without a reason"), to: 200))"
    case .queued, .running: "Trial \(record.number) explores and is \(record.state.rawValue): it has no surface yet."
    default: "Trial \(record.number) explored, is \(record.state.rawValue), and has no surface."
    }
  }

  // MARK: Overview

  /// A row for each exploration, the one with the best prediction first.
  private func overview(_ width: Int?, _ style: Style) -> String {
    let ordered = surfaces.sorted { goal.isBetter($0.optimum.mean, than: $1.optimum.mean) }
    let explored = names { $0.axes.map(\.name) }
    let fixed = names { $0.fixed.map(\.key) }.filter { !explored.contains($0) }
    let format = MeasureFormat(for: surfaces.map { $0.optimum.measure })
    let best: [Aggregate?] = ordered.map { surface in
      surface.verified.map(\.measured).min { goal.isBetter($0.mean, than: $1.mean) }
    }
    let verifiedFormat = MeasureFormat(for: best.compactMap { $0 })
    var columns = [Table.Column("trial", .right)]
    for name in fixed { columns.append(Table.Column(surfaces[0].title(of: name), importance: 20)) }
    for name in explored { columns.append(Table.Column("best \(surfaces[0].title(of: name))", .right, importance: 30)) }
    columns.append(Table.Column("\(metric), learned", .right))
    columns.append(Table.Column("best verified", .right, importance: 40))
    columns.append(Table.Column("verified", .right, importance: 10))
    columns.append(Table.Column("off by", .right, importance: 15))
    var table = Table(columns)
    for (surface, best) in zip(ordered, best) {
      var cells = [String(surface.trial)]
      for name in fixed + explored {
        if let axis = surface.axes.firstIndex(where: { $0.name == name }) {
          cells.append(text(of: surface.optimum.coordinates[axis]))
        } else {
          cells.append(surface.value(of: name).map { text(of: $0) } ?? "")
        }
      }
      cells.append(format.text(of: surface.optimum.measure))
      cells.append(best.map(verifiedFormat.text(of:)) ?? "")
      cells.append(count(surface.verified.count, "trial"))
      cells.append(surface.off.map { signed($0.mean.mean, format) } ?? "")
      table.append(cells)
    }
    return style.bold("Explorations, by what they predict") + "\n" + table.render(width: width, style: style)
  }

  /// The names that any of the surfaces has, each once.
  private func names(_ of: (LearnedSurface) -> [String]) -> [String] {
    var result: [String] = []
    for name in surfaces.flatMap(of) where !result.contains(name) { result.append(name) }
    return result
  }

  // MARK: One exploration

  private func section(_ surface: LearnedSurface, _ width: Int?, _ style: Style) -> String {
    let explored: [String] = surface.axes.map { axis in
      "\(axis.title) from \(text(of: axis.range.lowerBound)) to \(text(of: axis.range.upperBound))"
    }
    let fixed: [String] = surface.fixed.map { "\(surface.title(of: $0.key)) \(text(of: $0.value))" }
    var first = style.bold("Trial \(surface.trial)") + " explored " + explored.joined(separator: " and ")
    if !fixed.isEmpty { first += ", with " + fixed.joined(separator: ", ") }
    var lines = wrapped(first + ".", to: width)
    let format = self.format(surface)
    let best: [String] = zip(surface.axes, surface.optimum.coordinates).map { axis, value in
      "\(axis.title) \(text(of: value))"
    }
    let runs = "\(count(surface.runs.count, "run")) of \(steps(surface)) steps"
    let predicted = "\(printable(metric)) \(format.text(of: surface.optimum.measure))"
    lines += wrapped("Predicted best: \(best.joined(separator: ", ")), \(predicted) (\(runs)).", to: width)
    lines += wrapped(verification(surface, format), to: width)
    for line in path(surface) { lines += wrapped(line, to: width) }
    for axis in surface.axes.indices where !surface.surface.isEmpty || !surface.verified.isEmpty {
      lines += "\n" + slice(surface, axis, format, width, style)
    }
    return lines
  }

  private func format(_ surface: LearnedSurface) -> MeasureFormat {
    // Far out the errors are many times those near the optimum, and would take its decimals away.
    let shown = surface.shownValues()
    let near = surface.surface.filter { shown.contains($0.mean) }.map(\.measure)
    return MeasureFormat(for: near + surface.verified.map(\.measured) + [surface.optimum.measure])
  }

  private func steps(_ surface: LearnedSurface) -> String {
    let steps = surface.runs.map(\.steps)
    let (low, high) = (steps.min() ?? 0, steps.max() ?? 0)
    return low == high ? "\(low)" : "\(low) to \(high)"
  }

  private func verification(_ surface: LearnedSurface, _ format: MeasureFormat) -> String {
    guard !surface.verified.isEmpty else {
      return "No trial has verified it yet: how far it is off is not known."
    }
    let trials = count(surface.verified.count, "verified trial")
    guard let off = surface.off else { return "\(trials); the method learned no surface to compare with." }
    let direction = off.mean.mean < 0 ? "below" : "above"
    let mean = Aggregate(
      mean: abs(off.mean.mean), standardDeviation: off.mean.standardDeviation, count: off.mean.count)
    let above = "\(printable(metric)) was \(format.text(of: mean)) \(direction) the surface"
    guard surface.verified.count > 1 else { return "\(trials): \(above)." }
    let square = format.text(of: off.rootMeanSquare, digits: 3)
    return
      "\(trials): half of them within \(format.text(of: off.median, digits: 3)) of the surface. On average \(above), "
      + "with a root mean square of \(square)."
  }

  /// The way of each run's search, in a few of its entries.
  private func path(_ surface: LearnedSurface) -> [String] {
    var lines: [String] = []
    for (index, run) in surface.runs.enumerated() where run.path.count > 1 {
      let places: [String] = spread(run.path.count, over: 6).map { entry in
        let numbers = run.path[entry].coordinates.map { text(of: $0, digits: 3) }
        return numbers.count == 1 ? numbers[0] : "(\(numbers.joined(separator: ", ")))"
      }
      let id = RunID(trial: surface.trial, index: index)
      var name = "Search"
      if surface.runs.count > 1 { name += " of fold \(plan.fold(of: id))" }
      if plan.seeds > 1 { name += ", seed \(plan.seed(of: id))" }
      lines.append("\(name): \(places.joined(separator: " → "))")
    }
    return lines
  }

  private struct Row {
    var value: Double
    var learned: Survey.Value?
    var verified: LearnedSurface.Verification?
  }

  /// Rows of the surface and of the trials beside it, by rising values of the axis.
  private func slice(
    _ surface: LearnedSurface, _ axis: Int, _ format: MeasureFormat, _ width: Int?, _ style: Style
  ) -> String {
    let slice = surface.slice(along: axis)
    var rows: [Row] = spread(slice.count, over: Self.sliceRows).map { index in
      Row(value: slice[index].coordinates[axis], learned: slice[index])
    }
    let trials = surface.verified.sorted { goal.isBetter($0.measured.mean, than: $1.measured.mean) }
    let shown = trials.prefix(Self.verifiedRows)
    for trial in shown { rows.append(Row(value: trial.coordinates[axis], learned: trial.learned, verified: trial)) }
    rows.sort { ($0.value, $0.verified?.trial ?? -1) < ($1.value, $1.verified?.trial ?? -1) }
    let bar = IntervalBar(range: surface.shownValues(), width: Self.barWidth)
    let title = text(of: bar.range.lowerBound, digits: 3) + " to " + text(of: bar.range.upperBound, digits: 3)
    var columns = [Table.Column(surface.axes[axis].title, .right), Table.Column("\(metric), learned", .right)]
    columns.append(Table.Column("verified", .right))
    columns.append(Table.Column("off by", .right, importance: 20))
    columns.append(Table.Column("trial", .right, importance: 30))
    columns.append(Table.Column(title, importance: 10))
    var table = Table(columns)
    for row in rows {
      var cells = [text(of: row.value)]
      cells.append(row.learned.map { format.text(of: $0.measure) } ?? "")
      cells.append(row.verified.map { format.text(of: $0.measured) } ?? "")
      cells.append(row.verified?.off.map { signed($0.mean, format) } ?? "")
      cells.append(row.verified.map { String($0.trial) } ?? "")
      cells.append(bar.line(learned: row.learned, measured: row.verified?.measured))
      table.append(cells)
    }
    var notes: [String] = []
    if surface.axes.count > 1, !slice.isEmpty {
      notes.append("Through the predicted best; what is learned beside a trial is at the trial's own point.")
    }
    if trials.count > shown.count {
      notes.append("Of \(trials.count) trials the \(shown.count) best; the formats json and csv have all.")
    }
    return table.render(width: width, style: style)
      + (notes.isEmpty ? "" : wrapped(notes.joined(separator: " "), to: width))
  }

  private func signed(_ value: Double, _ format: MeasureFormat) -> String {
    (value < 0 ? "" : "+") + format.text(of: value, digits: 3)
  }

  /// So many indices of `0..<count`, evenly, with both ends.
  private func spread(_ count: Int, over rows: Int) -> [Int] {
    count <= rows ? Array(0..<count) : (0..<rows).map { ($0 * (count - 1) + (rows - 1) / 2) / (rows - 1) }
  }
}

extension Survey.Value {
  /// In the form of a mean with its standard error.
  var measure: Aggregate {
    Aggregate(mean: mean, standardDeviation: error.map { $0 * 2.0.squareRoot() }, count: 2)
  }
}
