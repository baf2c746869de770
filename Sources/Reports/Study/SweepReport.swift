package import ModelSelection
package import StudyModel

/// The last word of a sweep: the ranked trials, the winner by the objective and by every other metric, whether
/// evidence and validation agree, the best prior, what failed, and where to look further.
package struct SweepReport {
  package let configuration: SweepConfiguration
  package let trials: [TrialRecord]
  package let selection: Selection
  /// The study as a user names it on the command line.
  package let study: String
  /// Path of the study's folder.
  package let directory: String
  /// How many trials of the ranking are shown.
  package var limit = 10

  package init(configuration: SweepConfiguration, trials: [TrialRecord], study: String, directory: String) {
    self.configuration = configuration
    self.trials = trials
    self.study = study
    self.directory = directory
    selection = Selection(objective: configuration.objective, space: configuration.space, trials: trials)
  }

  /// The whole report, as paragraphs.
  ///
  /// - Parameter width: of the terminal; nil for a file.
  package func render(width: Int?, style: Style) -> String {
    var parts: [String] = []
    if selection.best != nil {
      parts.append(rankingTable(width: width, style: style))
      parts.append(
        BestReport(configuration: configuration, selection: selection).render(width: width, style: style))
    }
    parts.append(counts(width: width, style: style))
    parts.append(
      "The study is in \(directory). To look further:\n"
        + ["best", "trials", "tail"].map { "  hpsearch \($0) \(shellWord(study))\n" }.joined())
    return parts.joined(separator: "\n")
  }

  private func rankingTable(width: Int?, style: Style) -> String {
    let shown = selection.ranking.standings.prefix(limit)
    // Trials are numbered by their place.
    var table = TrialsTable(
      records: shown.map { trials[$0.trial.number] }, space: configuration.space, selection: selection)
    table.numbersRows = true
    table.showsState = false
    let all = selection.ranking.standings.count
    let title =
      shown.count < all ? "The best \(shown.count) of \(all) trials" : "\(count(all, "trial")), the best first"
    return style.bold("\(title) by \(selection.ranking.metric)") + "\n"
      + table.render(width: width, style: style, indentation: 2)
  }

  private func counts(width: Int?, style: Style) -> String {
    let done = trials.count { $0.state == .done }
    let failed = trials.count { $0.state.isFinal && $0.state != .done }
    let open = trials.count - done - failed
    var words = ["\(count(done, "trial")) done"]
    if failed > 0 { words.append(style.red("\(failed) failed")) }
    if open > 0 { words.append("\(open) not finished") }
    return words.joined(separator: ", ") + "\n"
      + failuresText(of: trials).map { wrapped($0, to: width, indentation: 2) }.joined()
  }
}
