import Foundation
import ModelSelection
import StudyModel

/// The words of the progress display, for a terminal and for a log file.
struct ProgressLines {
  let snapshot: ProgressSnapshot
  /// In the order of their names, so that each keeps its line: local-2 before local-10.
  private let workers: [ProgressSnapshot.Worker]

  init(snapshot: ProgressSnapshot) {
    self.snapshot = snapshot
    workers = snapshot.workers.sorted { $0.name.compare($1.name, options: .numeric) == .orderedAscending }
  }

  /// One line for everything, without a bar: what a log file gets.
  var plain: String {
    "\(printable(snapshot.study)): " + ([trials, runs] + bestPart + [clock]).joined(separator: ", ")
  }

  /// The block for a terminal: a line for each worker, as many as fit, then the best trial, then the whole.
  func block(width: Int, height: Int, style: Style) -> [String] {
    let end = (snapshot.best == nil ? 0 : 1) + 1
    let room = max(1, height - end - 2)
    var lines = workers.prefix(workers.count <= room ? room : room - 1).map { line(of: $0, width: width, style: style) }
    if lines.count < workers.count {
      let busy = workers.dropFirst(lines.count).count { $0.run != nil }
      lines.append(
        style.dim(truncated("… and \(count(workers.count - lines.count, "more worker")), \(busy) busy", to: width)))
    }
    if let best = bestPart.first { lines.append(truncated(best, to: width)) }
    lines.append(total(width: width, style: style))
    return lines
  }

  private func line(of worker: ProgressSnapshot.Worker, width: Int, style: Style) -> String {
    let names = workers.map { displayWidth(of: printable($0.name)) }.max() ?? 0
    let name = padded(truncated(printable(worker.name), to: 20), to: min(names, 20))
    guard let run = worker.run else { return style.dim(truncated("\(name)  waits", to: width)) }
    var parts = [name, run.description]
    if let total = worker.total {
      if width >= 70 { parts.append(bar(worker.fraction, width: 16)) }
      parts.append("\(worker.step)/\(total)")
    } else if worker.step > 0 {
      parts.append("step \(worker.step)")
    }
    if worker.attempt > 1 { parts.append("attempt \(worker.attempt)") }
    parts += metrics(of: worker)
    return truncated(parts.joined(separator: "  "), to: width)
  }

  /// The objective first. Three are enough to see where a run is going.
  private func metrics(of worker: ProgressSnapshot.Worker) -> [String] {
    MetricGoals(objective: snapshot.metric, goal: .maximize).ordered(worker.metrics.keys).prefix(3).map { name in
      "\(printable(name)) \(text(of: worker.metrics[name] ?? .nan))"
    }
  }

  private func total(width: Int, style: Style) -> String {
    let words = [trials, runs, clock].joined(separator: "  ")
    guard let fraction = snapshot.fraction else { return style.bold(truncated(words, to: width)) }
    let room = width - displayWidth(of: words) - 2
    let line = room >= 8 ? "\(bar(fraction, width: min(room, 24)))  \(words)" : words
    return style.bold(truncated(line, to: width))
  }

  private func bar(_ fraction: Double, width: Int) -> String {
    let full = Int((fraction * Double(width)).rounded(.down))
    return String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
  }

  private func share(_ done: Int, of all: Int?, _ noun: String) -> String {
    all.map { "\(done)/\($0) \(noun)" } ?? "\(done) \(noun)"
  }

  private var trials: String {
    let words = share(snapshot.trialsFinal, of: snapshot.trials, "trials")
    return snapshot.trialsFailed > 0 ? "\(words) (\(snapshot.trialsFailed) failed)" : words
  }

  private var runs: String { share(snapshot.runsDone, of: snapshot.runs, "runs") }

  private var bestPart: [String] {
    snapshot.best.map { ["best \(printable(snapshot.metric)) \(text(of: $0.value)) (trial \($0.trial))"] } ?? []
  }

  private var clock: String {
    let elapsed = "\(durationText(seconds: snapshot.elapsed)) elapsed"
    return snapshot.secondsLeft.map { "\(elapsed), about \(durationText(seconds: $0)) left" } ?? elapsed
  }
}
