package import StudyModel

/// A study in memory, for tests and for measurements without a disk. Keeps the contract but for durability.
package final class InMemoryStudyStore: StudyStore {
  private var head: StudyHeader
  private var current: StudyStatus
  private var log: [StoredEvent] = []
  private var folded: StudyState
  private var lastReports: [RunID: [String: Double]] = [:]
  private var startTimes: [RunID: Double] = [:]

  package init(_ header: StudyHeader) {
    head = header
    current = StudyStatus(.running, at: header.createdAt)
    folded = StudyState(plan: header.plan)
  }

  package func append(_ events: [StudyEvent], at seconds: Double) throws(StoreError) {
    let before = folded
    for event in events {
      do {
        try folded.apply(event)
      } catch {
        folded = before
        throw StoreError(.conflict, at: head.name, error.description)
      }
    }
    for event in events {
      log.append(StoredEvent(sequence: log.count + 1, at: seconds, event: event))
      switch event {
      case .runAssigned(let attempt, _):
        startTimes[attempt.run] = seconds
        lastReports[attempt.run] = nil
      case .runReported(let attempt, _, let metrics): lastReports[attempt.run] = metrics
      default: break
      }
    }
  }

  package func setStatus(_ status: StudyStatus) { current = status }

  package func setBest(trial: Int) {}

  package func replaceConfiguration(_ text: String) { head.configuration = text }

  package func idle() {}

  package func close() {}

  package func header() -> StudyHeader { head }

  package func status() -> StudyStatus { current }

  package func trials() -> [TrialRecord] { folded.trials }

  package func forEachEvent(
    after sequence: Int, _ body: (StoredEvent) throws(StoreError) -> Void
  ) throws(StoreError) {
    for stored in log.dropFirst(sequence) { try body(stored) }
  }

  package func summary() -> StudySummary {
    let runs = folded.trials.lazy.flatMap(\.runs)
    let finished = log.suffix(StudySummary.recentEvents).filter {
      if case .runFinished = $0.event { true } else { false }
    }
    let running = runs.filter { $0.state == .running }.map { [lastReports, startTimes] run in
      RunningRun(
        attempt: run.currentAttempt, worker: run.worker ?? "", step: run.step, metrics: lastReports[run.id] ?? [:],
        startedAt: startTimes[run.id] ?? 0)
    }
    return StudySummary(
      header: head, status: current, trials: Self.count(folded.trials.map(\.state)),
      runs: Self.count(runs.map(\.state)),
      events: log.count, startedAt: log.first?.at, lastEventAt: log.last?.at,
      recentRunsPerSecond: StudySummary.rate(finishedAt: finished.suffix(StudySummary.recentRuns).map(\.at)),
      running: running.sorted { ($0.worker, $0.attempt) < ($1.worker, $1.attempt) })
  }

  private static func count(_ states: some Sequence<RunState>) -> [RunState: Int] {
    states.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
