import StudyModel

/// How leases and runs end: a run that is given back waits again, and one that is final makes others ready or needless.
extension CoordinatorSession {
  mutating func release(_ attempt: Attempt, reason: String, blamed: Bool) -> [Action] {
    checkpoints.forget(attempt)
    var actions = [append(.runReleased(attempt, reason: reason, blamed: blamed))]
    guard let run = state[attempt.run] else { return actions }
    if run.deaths >= settings.maximumDeaths {
      let verdict = "it ended its worker \(run.deaths) times; the last time: \(reason)"
      return actions + finish(attempt, .failed(reason: verdict), seconds: run.seconds, worker: "")
    }
    let scored = state.plan.scoredRun(of: attempt.run)
    if scored != attempt.run, state[scored]?.state.isFinal ?? true {
      let outcome = RunOutcome.cancelled(reason: "\(scored) has ended without it")
      return actions + finish(attempt, outcome, seconds: run.seconds, worker: "coordinator")
    }
    queue.putBack(attempt.run)
    if blamed {
      let start = run.checkpoint.map { "goes on from step \($0.step)" } ?? "starts again"
      actions.append(.note(.warning, "\(attempt.run) \(start) (attempt \(attempt.number + 1)): \(reason)"))
      let line = LogLine(at: 0, level: .warning, message: "\(reason); the run is queued again and \(start)")
      actions.append(.log(attempt, worker: run.worker ?? "coordinator", [line]))
    }
    return actions
  }

  mutating func finish(
    _ attempt: Attempt, _ outcome: RunOutcome, seconds: Double, worker: String
  ) -> [Action] {
    var actions = end(attempt, outcome, seconds: seconds, worker: worker)
    let scored = state.plan.scoredRun(of: attempt.run)
    if scored != attempt.run {
      if state.isReady(scored), state[scored]?.state == .queued { queue.putBack(scored) }
      if let reason = outcome.reason {
        actions += giveUp(scored, because: "\(attempt.run) \(outcome.state): \(reason)")
      }
    }
    let trial = state.trials[attempt.run.trial]
    if trial.state.isFinal { completed.append(CompletedTrial(trial)) }
    return actions
  }

  /// The end of one run, with what that makes of checkpoints.
  private mutating func end(
    _ attempt: Attempt, _ outcome: RunOutcome, seconds: Double, worker: String
  ) -> [Action] {
    checkpoints.forget(attempt)
    let kept = state.checkpoints(of: attempt.run)
    var actions = [append(.runFinished(attempt, outcome, seconds: seconds))]
    if let reason = outcome.reason {
      actions.append(.note(.warning, "\(attempt.run) \(outcome.state.rawValue): \(reason)"))
      actions.append(.log(attempt, worker: worker, [LogLine(at: 0, level: .error, message: reason)]))
    }
    for (run, checkpoint) in kept where !state.needsCheckpoint(of: run) { actions += discard(checkpoint) }
    return actions
  }

  /// Ends a scored run without which its trial cannot be done, and the member runs for it that have not begun.
  private mutating func giveUp(_ scored: RunID, because reason: String) -> [Action] {
    guard let record = state[scored], !record.state.isFinal else { return [] }
    var actions = end(record.currentAttempt, .failed(reason: reason), seconds: 0, worker: "coordinator")
    for run in state.plan.memberRuns(of: scored).compactMap({ state[$0] }) where run.state == .queued {
      queue.remove(run.id)
      actions += end(
        run.currentAttempt, .cancelled(reason: "\(scored) failed"), seconds: run.seconds, worker: "coordinator")
    }
    return actions
  }

  func discard(_ checkpoint: CheckpointReference?) -> [Action] {
    checkpoint.map { [.discardCheckpoint($0)] } ?? []
  }
}
