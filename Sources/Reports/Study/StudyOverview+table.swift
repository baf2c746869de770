import ModelSelection
import StudyModel

extension StudyOverview {
  /// For a terminal.
  package func table(width: Int?, style: Style) -> String {
    var rows: [(String, String)] = [
      ("study", "\(printable(study)) in \(printable(directory))"),
      ("state", state + (message.map { ": \(printable($0))" } ?? "")),
      ("trials", Self.words(trials, of: trialsPlanned)), ("runs", Self.words(runs, of: runsPlanned)),
    ]
    if let best { rows.append(("best", "\(printable(metric)) \(text(of: best.value)) (trial \(best.trial))")) }
    if let elapsedSeconds {
      let left = secondsLeft.map { ", about \(durationText(seconds: $0)) left" } ?? ""
      rows.append(("elapsed", durationText(seconds: elapsedSeconds) + left))
    }
    if let runsPerSecond, state == "running" { rows.append(("pace", "\(text(of: runsPerSecond, digits: 3)) runs/s")) }
    let lines = rows.map { name, words in
      style.bold(padded(name, to: 8)) + (width.map { truncated(words, to: max(1, $0 - 8)) } ?? words) + "\n"
    }
    return lines.joined() + (running.isEmpty ? "" : "\n" + workers(width: width, style: style))
  }

  private func workers(width: Int?, style: Style) -> String {
    var table = Table([
      Table.Column("worker"), Table.Column("run"), Table.Column("attempt", .right, importance: 10),
      Table.Column("step", .right), Table.Column("metrics", importance: 5), Table.Column("for", .right, importance: 20),
    ])
    let goals = MetricGoals(objective: metric, goal: .maximize)
    for run in running {
      let metrics = goals.ordered(run.metrics.keys).prefix(3).map { "\($0) \(text(of: run.metrics[$0] ?? .nan))" }
      table.append([
        run.worker, run.attempt.run.description, String(run.attempt.number), String(run.step),
        metrics.joined(separator: ", "), durationText(seconds: max(0, now - run.startedAt)),
      ])
    }
    return table.render(width: width, style: style)
  }

  /// `12 of 40 ended: 11 done, 1 failed; 2 running`
  private static func words(_ counts: [RunState: Int], of planned: Int?) -> String {
    func list(_ states: [RunState]) -> String {
      states.compactMap { state in counts[state].flatMap { $0 > 0 ? "\($0) \(state.rawValue)" : nil } }
        .joined(separator: ", ")
    }
    let final = list(RunState.allCases.filter(\.isFinal))
    let open = list([.running, .queued])
    let size = planned.map { " of \($0)" } ?? ""
    return "\(ended(counts))\(size) ended" + (final.isEmpty ? "" : ": \(final)") + (open.isEmpty ? "" : "; \(open)")
  }
}
