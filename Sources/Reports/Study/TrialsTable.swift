package import ModelSelection
package import StudyModel

/// The trials of a study with their parameters and metrics, for a terminal.
package struct TrialsTable {
  /// The trials in the order in which they are shown.
  package var records: [TrialRecord]
  package var space: SearchSpace
  package var selection: Selection
  /// Whether the first column is the place in the list, as in a ranking.
  package var numbersRows = false
  /// Whether there is a column for the state, with the reason where a trial failed.
  package var showsState = true
  /// Whether there are columns for what a model expected of the objective, and how far off that was.
  package var showsPredictions = false

  package init(records: [TrialRecord], space: SearchSpace, selection: Selection) {
    self.records = records
    self.space = space
    self.selection = selection
  }

  package func render(width: Int?, style: Style, indentation: Int = 0) -> String {
    let names = ParameterNames(space)
    let metrics = selection.metrics.filter { selection.goals.goal(of: $0) != nil }
    let values = records.map(\.metrics)
    let formats = metrics.map { metric in MeasureFormat(for: values.compactMap { $0[metric] }) }
    let predictionFormat = MeasureFormat(for: records.compactMap { $0.prediction?.measure })
    var columns: [Table.Column] = numbersRows ? [Table.Column("#", .right, importance: 40)] : []
    columns.append(Table.Column("trial", .right))
    if showsState { columns.append(Table.Column("state", importance: 50)) }
    columns += names.names.map { name in
      let isNumber = records.allSatisfy { $0.point[name].map { $0.double != nil } ?? true }
      return Table.Column(names.short(name), isNumber ? .right : .left, importance: 30)
    }
    let shown = metrics.map { Table.Column($0, .right, importance: importance(of: $0)) }
    // The prediction stands beside what came out, and the objective comes first.
    columns += shown.prefix(1) + predictionColumns + shown.dropFirst()
    let showsReason = showsState && records.contains { $0.reason != nil }
    if showsReason { columns.append(Table.Column("reason", importance: 20)) }
    var table = Table(columns, indentation: indentation)
    for (row, record) in records.enumerated() {
      var cells = numbersRows ? [String(row + 1)] : []
      cells.append(String(record.number))
      if showsState { cells.append(record.state.rawValue) }
      cells += names.names.map { name in record.point[name].map { text(of: $0) } ?? "" }
      let measured = zip(metrics, formats).map { metric, format in values[row][metric].map(format.text(of:)) ?? "" }
      cells += measured.prefix(1) + predictionCells(record, predictionFormat) + measured.dropFirst()
      if showsReason { cells.append(truncated(printable(record.reason ?? ""), to: 60)) }
      table.append(cells)
    }
    return table.render(width: width, style: style)
  }

  private var predictionColumns: [Table.Column] {
    guard showsPredictions else { return [] }
    return [Table.Column("predicted", .right, importance: 28), Table.Column("z", .right, importance: 27)]
  }

  private func predictionCells(_ record: TrialRecord, _ format: MeasureFormat) -> [String] {
    guard showsPredictions else { return [] }
    guard let prediction = record.prediction else { return ["", ""] }
    let outcome = record.metrics[selection.goals.objective]?.mean
    return [
      format.text(of: prediction.measure), prediction.deviations(of: outcome).map { signedText(of: $0) } ?? "",
    ]
  }

  /// Nil for the objective, which is always shown.
  private func importance(of metric: String) -> Int? {
    switch metric {
    case selection.goals.objective: nil
    case "elbo", "lppd", "rmse", "error": 25
    case "elbo_likelihood", "elbo_complexity": 5
    default: 10
    }
  }
}
