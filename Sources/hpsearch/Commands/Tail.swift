import ArgumentParser
import Foundation
import Reports
import StudyModel
import StudyStore

struct Tail: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what the runs of a study say.",
    discussion: """
      The last lines of the runs' logs in order of time, each behind the name of its run. With --follow, new lines \
      are shown as they come, also of runs that start later, until the study is finished or Ctrl-C. Coordinator \
      and workers may come and go meanwhile.

      EXAMPLES:
        hpsearch tail priors
        hpsearch tail priors --follow
        hpsearch tail priors --trial 7 --lines 1000 | grep warning
      """)

  @OptionGroup var study: StudyArgument

  @Option(help: ArgumentHelp("The runs of this trial only.", valueName: "N"))
  var trial: Int?

  @Flag(help: "Go on with what comes, until the study is finished.")
  var follow = false

  @Option(help: ArgumentHelp("How many of the last lines are shown first.", valueName: "N"))
  var lines = 20

  func validate() throws {
    if let trial, trial < 0 { throw ValidationError("--trial is \(trial); trials count from 0") }
    if lines < 0 { throw ValidationError("--lines is \(lines); it must be 0 or more") }
  }

  func run() throws {
    let study = try study.open()
    try checkTrial(of: study)
    var follower = LogFollower(study.directory, trial: trial, last: lines)
    let first = try follower.poll()
    show(first)
    if follow {
      try go(on: study, &follower)
    } else if first.isEmpty, lines > 0 {
      StandardError.write("No run has said anything yet.\n")
    }
  }

  private func checkTrial(of study: ReadableStudy) throws {
    guard let trial else { return }
    let asked = try study.reader.summary().trials.values.reduce(0, +)
    let isToCome = follow && study.configuration.plannedTrials.map { trial < $0 } ?? true
    guard trial < asked || isToCome else {
      let known = asked == 0 ? "no trials yet" : asked == 1 ? "trial 0 alone" : "trials 0 to \(asked - 1)"
      throw fail("there is no trial \(trial): the study has \(known)", status: ExitCode.usage)
    }
  }

  /// Polls until the study has ended. The state is read before the logs: what was said before the end is shown.
  private func go(on study: ReadableStudy, _ follower: inout LogFollower) throws {
    var toldOfInterruption = false
    while true {
      let summary = try study.reader.summary()
      let hasEnded = summary.status.phase == .finished || summary.status.phase == .failed
      let active = hasEnded ? allRuns(of: summary) : Set(summary.running.map(\.attempt.run))
      let entries = try follower.poll(active: active)
      show(entries)
      if hasEnded && entries.isEmpty { return }
      let isRunning = hasEnded || study.state(summary.status).name == StudyStatus.Phase.running.rawValue
      if !isRunning && !toldOfInterruption {
        StandardError.write("The study is interrupted; waiting until it goes on. Ctrl-C ends this.\n")
      }
      toldOfInterruption = !isRunning
      if !hasEnded { usleep(200_000) }
    }
  }

  private func allRuns(of summary: StudySummary) -> Set<RunID> {
    let trials = trial.map { $0..<($0 + 1) } ?? 0..<summary.trials.values.reduce(0, +)
    return Set(trials.flatMap { summary.header.plan.runs(ofTrial: $0) })
  }

  private func show(_ entries: [LogEntry]) {
    guard !entries.isEmpty else { return }
    let style = StandardOutput.terminal.style
    StandardOutput.write(
      entries.map { entry in
        let line = printable(entry.record.line)
        let text =
          switch entry.record.level {
          case .error: style.red(line)
          case .warning: style.yellow(line)
          case .debug: style.dim(line)
          case .info: line
          }
        return "\(style.bold(entry.run.description))  \(text)\n"
      }.joined())
  }
}
