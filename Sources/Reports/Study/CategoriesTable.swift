package import ModelSelection
import StudyModel

/// The values of a categorical dimension by the best trial of each.
package struct CategoriesTable {
  package let ranking: CategoryRanking
  package let metric: String

  package init(_ ranking: CategoryRanking, metric: String) {
    self.ranking = ranking
    self.metric = metric
  }

  package func render(width: Int?, style: Style, indentation: Int = 0) -> String {
    let best = MeasureFormat(for: ranking.categories.map(\.best.value))
    let mean = MeasureFormat(for: ranking.categories.map(\.trials))
    var table = Table(
      [
        Table.Column(ranking.dimension), Table.Column("best \(metric)", .right), Table.Column("trial", .right),
        Table.Column("trials", .right, importance: 10), Table.Column("mean of trials", .right, importance: 5),
      ], indentation: indentation)
    for category in ranking.categories {
      table.append([
        text(of: category.value), best.text(of: category.best.value), String(category.best.trial.number),
        String(category.count), mean.text(of: category.trials),
      ])
    }
    return table.render(width: width, style: style)
  }
}
