/// What is known of one run.
package struct RunRecord: Hashable, Sendable {
  package let id: RunID
  package var state: RunState = .queued
  /// The number of the latest attempt; 0 before the first.
  package var attempt = 0
  /// How many attempts ended with the death of their worker, since the run last made progress that was kept.
  package var deaths = 0
  package var worker: String?
  package var step = 0
  package var checkpoint: CheckpointReference?
  package var outcome: RunOutcome?
  package var survey: Survey?
  package var seconds = 0.0

  package init(id: RunID) {
    self.id = id
  }

  package var currentAttempt: Attempt { Attempt(run: id, number: attempt) }
}

/// What is known of one trial. A trial is done when all its runs are done, and failed when all are final and one is
/// not done.
package struct TrialRecord: Hashable, Sendable {
  package let number: Int
  package let point: Point
  package let note: JSONValue?
  package var runs: [RunRecord]
  /// The first so many runs have the metrics; the others trained members of their ensembles.
  package let scoredCount: Int

  /// - Parameter scoredCount: All, unless said otherwise.
  package init(number: Int, point: Point, note: JSONValue? = nil, runs: [RunRecord], scoredCount: Int? = nil) {
    self.number = number
    self.point = point
    self.note = note
    self.runs = runs
    self.scoredCount = scoredCount ?? runs.count
  }

  package var scoredRuns: ArraySlice<RunRecord> { runs.prefix(scoredCount) }

  /// What its runs do instead of a training at the point; nil for an ordinary trial.
  package var exploration: Exploration? { note.flatMap(Self.exploration) }

  /// What the scored runs of an exploration found, by their index; empty unless all are done. Where folds are explored
  /// together, one run finds something for all.
  package var surveys: [Survey] {
    scoredRuns.allSatisfy { $0.state == .done } ? scoredRuns.compactMap(\.survey) : []
  }

  /// In the note of the decision, or in the strategy's own part of it.
  private static func exploration(_ note: JSONValue) -> Exploration? {
    guard let object = note.object else { return nil }
    return (object["strategy"]?.object?[Exploration.key] ?? object[Exploration.key]).flatMap(Exploration.init)
  }

  package var state: RunState {
    if let open = runs.first(where: { !$0.state.isFinal }) {
      return runs.contains { $0.state != .queued } ? .running : open.state
    }
    return runs.first { $0.state != .done }?.state ?? .done
  }

  package var reason: String? { runs.lazy.compactMap { $0.outcome?.reason }.first }

  package var seconds: Double { runs.reduce(0) { $0 + $1.seconds } }

  /// Mean and standard error over the scored runs of each metric that all of them have; empty unless the trial is done.
  package var metrics: [String: Aggregate] {
    guard state == .done else { return [:] }
    var values: [String: [Double]] = [:]
    for run in scoredRuns {
      if case .done(let metrics) = run.outcome {
        for (name, value) in metrics { values[name, default: []].append(value) }
      }
    }
    return values.compactMapValues { $0.count == scoredCount ? Aggregate(of: $0) : nil }
  }
}

/// An event that does not fit the state it is applied to: the event list is damaged, or two coordinators wrote it.
package struct StudyStateError: Error, Hashable, CustomStringConvertible {
  package let description: String
}

/// The state of a study: a fold over its events.
package struct StudyState: Hashable, Sendable {
  package let plan: RunPlan
  package private(set) var trials: [TrialRecord] = []

  package init(plan: RunPlan) {
    self.plan = plan
  }

  package init(plan: RunPlan, events: some Sequence<StudyEvent>) throws(StudyStateError) {
    self.init(plan: plan)
    for event in events { try apply(event) }
  }

  package subscript(run: RunID) -> RunRecord? {
    guard trials.indices.contains(run.trial), trials[run.trial].runs.indices.contains(run.index) else { return nil }
    return trials[run.trial].runs[run.index]
  }

  /// Whether the runs that a run needs are done.
  package func isReady(_ run: RunID) -> Bool {
    plan.memberRuns == 0 || plan.memberRuns(of: run).allSatisfy { self[$0]?.state == .done }
  }

  /// Whether the checkpoint of a run, if it has one, may still be needed: the run's own, or that of a member run whose
  /// scored run has not ended.
  package func needsCheckpoint(of run: RunID) -> Bool {
    guard let record = self[run] else { return false }
    guard record.state == .done else { return !record.state.isFinal }
    let scored = plan.scoredRun(of: run)
    return scored != run && self[scored].map { !$0.state.isFinal } ?? false
  }

  /// The checkpoints that the end of a run may make needless, with the runs that they are of.
  package func checkpoints(of run: RunID) -> [(run: RunID, checkpoint: CheckpointReference)] {
    var result: [(run: RunID, checkpoint: CheckpointReference)] = []
    if let checkpoint = self[run]?.checkpoint { result.append((run, checkpoint)) }
    for member in plan.memberRuns(of: run) where needsCheckpoint(of: member) {
      if let checkpoint = self[member]?.checkpoint { result.append((member, checkpoint)) }
    }
    return result
  }

  /// Applies one event.
  ///
  /// - Throws: `StudyStateError` when the event names a run that does not exist, an attempt that is not the current
  ///   one, or a run that is final already.
  package mutating func apply(_ event: StudyEvent) throws(StudyStateError) {
    switch event {
    case .trialAsked(let trial, let point, let note):
      guard trial == trials.count else {
        throw StudyStateError(description: "trial \(trial) was asked when trial \(trials.count) was due")
      }
      let runs = plan.runs(ofTrial: trial).map(RunRecord.init)
      trials.append(
        TrialRecord(number: trial, point: point, note: note, runs: runs, scoredCount: plan.scoredRunsPerTrial))
    case .runAssigned(let attempt, let worker):
      try change(attempt.run) { run throws(StudyStateError) in
        guard run.state == .queued, attempt.number == run.attempt + 1 else {
          throw StudyStateError(
            description: "\(run.id) cannot start attempt \(attempt.number): it is \(run.state), attempt \(run.attempt)")
        }
        run.state = .running
        run.attempt = attempt.number
        run.worker = worker
      }
    case .runReported(let attempt, let step, _):
      try changeRunning(attempt) { $0.step = step }
    case .runCheckpointed(let attempt, let checkpoint):
      try changeRunning(attempt) {
        if checkpoint.step > $0.checkpoint?.step ?? 0 { $0.deaths = 0 }
        $0.checkpoint = checkpoint
        $0.step = checkpoint.step
      }
    case .runSurveyed(let attempt, let survey):
      try changeRunning(attempt) { $0.survey = survey }
    case .runReleased(let attempt, _, let blamed):
      try changeRunning(attempt) {
        $0.state = .queued
        $0.worker = nil
        if blamed { $0.deaths += 1 }
      }
    case .runReclaimed(let attempt, let worker):
      try change(attempt.run) { run throws(StudyStateError) in
        guard run.state == .queued, attempt.number == run.attempt, attempt.number > 0 else {
          throw StudyStateError(
            description:
              "\(run.id) attempt \(attempt.number) cannot be reclaimed: it is \(run.state), attempt \(run.attempt)")
        }
        run.state = .running
        run.worker = worker
      }
    case .runFinished(let attempt, let outcome, let seconds):
      try change(attempt.run) { run throws(StudyStateError) in
        guard !run.state.isFinal, attempt.number == run.attempt else {
          throw StudyStateError(
            description: "\(run.id) cannot finish attempt \(attempt.number): it is \(run.state), attempt \(run.attempt)"
          )
        }
        run.state = outcome.state
        run.outcome = outcome
        run.seconds = seconds
      }
    }
  }

  private mutating func changeRunning(_ attempt: Attempt, _ change: (inout RunRecord) -> Void) throws(StudyStateError) {
    try self.change(attempt.run) { run throws(StudyStateError) in
      guard run.state == .running, attempt.number == run.attempt else {
        throw StudyStateError(
          description: "\(run.id) attempt \(attempt.number) is not running: it is \(run.state), attempt \(run.attempt)")
      }
      change(&run)
    }
  }

  private mutating func change(
    _ id: RunID, _ change: (inout RunRecord) throws(StudyStateError) -> Void
  ) throws(StudyStateError) {
    guard self[id] != nil else { throw StudyStateError(description: "\(id) does not exist") }
    try change(&trials[id.trial].runs[id.index])
  }
}
