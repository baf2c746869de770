import ArgumentParser
import Foundation
import Reports
import StudyModel
import StudyStore

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show where a study stands.",
    discussion: """
      Whether it is running, how many trials and runs have ended and how, what each worker is at, and the best \
      trial so far. Looking costs the running sweep nothing: it reads a snapshot of the study's database. A study \
      is interrupted when its coordinator was stopped or killed; the command that started it resumes it.

      EXAMPLES:
        hpsearch status priors
        hpsearch status /data/studies/priors --format json
        watch -n 1 hpsearch status priors
      """)

  @OptionGroup var study: StudyArgument

  @Option(help: "How it is shown.")
  var format = OutputFormat.table

  func run() throws {
    let overview = try study.open().overview(at: Date().timeIntervalSince1970)
    switch format {
    case .table:
      let terminal = StandardOutput.terminal
      StandardOutput.write(overview.table(width: terminal.width, style: terminal.style))
    case .json: StandardOutput.write(documentText(overview.json))
    case .csv: StandardOutput.write(overview.csv)
    }
  }
}

extension ReadableStudy {
  func overview(at now: Double) throws -> StudyOverview {
    let summary = try reader.summary()
    let (state, message) = state(summary.status)
    let objective = configuration.objective
    var overview = StudyOverview(
      study: header.name, directory: directory.path, state: state, metric: objective.metric,
      runsPerTrial: header.plan.runsPerTrial, createdAt: header.createdAt, now: now)
    overview.message = message
    overview.trialsPlanned =
      summary.status.phase == .finished ? summary.trials.values.reduce(0, +) : configuration.plannedTrials
    overview.trials = summary.trials
    overview.runs = summary.runs
    overview.startedAt = summary.startedAt
    overview.lastEventAt = summary.lastEventAt
    overview.runsPerSecond = summary.recentRunsPerSecond
    overview.best = try reader.best(by: objective.metric)
      .map { ProgressSnapshot.Best(trial: $0.trial, value: $0.value) }
    // The runs of a coordinator that is gone are not running any more.
    if state == StudyStatus.Phase.running.rawValue {
      overview.running = summary.running.map { run in
        StudyOverview.Running(
          worker: run.worker, attempt: run.attempt, step: run.step, metrics: run.metrics, startedAt: run.startedAt)
      }
    }
    return overview
  }
}
