package import ModelSelection
import StudyModel

/// The best trial by every metric, beside what the winner by the objective has there and how much worse it is: where
/// the metrics disagree, it is seen.
package struct WinnersTable {
  package let selection: Selection

  package init(_ selection: Selection) {
    self.selection = selection
  }

  package func render(width: Int?, style: Style, indentation: Int = 0) -> String {
    guard let winner = selection.best?.trial else { return "" }
    var table = Table(
      [
        Table.Column("metric"), Table.Column("best is", importance: 10), Table.Column("trial", .right),
        Table.Column("value", .right), Table.Column("trial \(winner.number) has", .right, importance: 20),
        Table.Column("worse by", .right, importance: 20), Table.Column("standard errors", .right, importance: 15),
      ], indentation: indentation)
    for ranking in [selection.ranking] + selection.others {
      guard let best = ranking.best else { continue }
      let own = winner.metrics[ranking.metric]
      let format = MeasureFormat(for: [best.value] + (own.map { [$0] } ?? []))
      let isSame = best.trial.number == winner.number
      let loss =
        isSame ? nil : PairedDifference(of: winner, from: best.trial, metric: ranking.metric, goal: ranking.goal)
      table.append([
        ranking.metric, ranking.goal == .maximize ? "highest" : "lowest", String(best.trial.number),
        format.text(of: best.value), own.map(format.text(of:)) ?? "",
        loss.map { format.text(of: $0.mean, digits: 3) } ?? "",
        loss?.inStandardErrors.map { $0 < 100 ? text(of: $0, digits: 2) : text(of: $0.rounded()) } ?? "",
      ])
    }
    return table.render(width: width, style: style)
  }
}
