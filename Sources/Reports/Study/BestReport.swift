package import ModelSelection
package import StudyModel

/// The winner by the objective, beside it the winner by every other metric, whether evidence and validation agree, and
/// the best of each category.
package struct BestReport {
  package let configuration: SweepConfiguration
  package let selection: Selection

  package init(configuration: SweepConfiguration, selection: Selection) {
    self.configuration = configuration
    self.selection = selection
  }

  /// The report, as paragraphs; empty when no trial is done.
  package func render(width: Int?, style: Style) -> String {
    guard selection.best != nil else { return "" }
    var parts = [winner(width: width, style: style)]
    if !selection.others.isEmpty {
      parts.append(
        style.bold("Best by every metric") + "\n"
          + WinnersTable(selection).render(width: width, style: style, indentation: 2) + agreement(width: width))
    }
    parts += selection.categories.map {
      CategoriesTable($0, metric: selection.ranking.metric).render(width: width, style: style)
    }
    return parts.joined(separator: "\n")
  }

  private func winner(width: Int?, style: Style) -> String {
    guard let best = selection.best else { return "" }
    let metric = printable(selection.ranking.metric)
    var lines = style.bold("Best by \(metric): trial \(best.trial.number)") + ", \(metric) \(text(of: best.value))"
    lines += best.value.count > 1 ? " (mean ± standard error of \(best.value.count) runs)\n" : "\n"
    if let prior = priorText(of: best.trial.point, space: configuration.space, configuration: configuration) {
      lines += style.bold("Best prior: \(prior)") + " (trial \(best.trial.number))\n"
    }
    if let close = selection.ranking.indistinguishableFromBest, close.count > 1 {
      let others = close.dropFirst().map(\.trial.number)
      let verb = others.count == 1 ? "is" : "are"
      lines += wrapped("Within one standard error of it \(verb) \(trialsText(others)).", to: width)
    }
    return lines
  }

  private func agreement(width: Int?) -> String {
    guard selection.trials.count > 1, let agreement = selection.agreements.first else { return "" }
    return wrapped(agreementText(agreement), to: width)
  }
}
