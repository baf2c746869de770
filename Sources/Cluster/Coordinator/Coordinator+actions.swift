import ClusterProtocol
import Logging
import SearchStrategies
import StudyModel
import StudyStore

/// What the session wants done, done in the order that makes it safe: on disk first, then said.
extension Coordinator {
  /// Puts checkpoints on disk as they come, before what the same worker said next is looked at.
  func saving(_ actions: [CoordinatorSession.Action]) throws -> [CoordinatorSession.Action] {
    var result: [CoordinatorSession.Action] = []
    for action in actions {
      guard case .saveCheckpoint(let attempt, let step, let bytes) = action else {
        result.append(action)
        continue
      }
      let reference = try parts.checkpoints.save(bytes, step: step)
      parts.checkpoints.retain(reference)
      result += session.checkpointSaved(attempt, reference)
    }
    return result
  }

  func carryOut(_ actions: [CoordinatorSession.Action]) throws {
    let events = actions.compactMap { action -> StudyEvent? in
      if case .append(let event) = action { event } else { nil }
    }
    if !events.isEmpty { try parts.store.append(events, at: Self.wallClock) }
    for action in actions {
      switch action {
      case .append(let event):
        if case .runFinished(let attempt, let outcome, _) = event {
          if outcome.state == .done { progress.runsDone += 1 } else { progress.runsFailed += 1 }
          parts.logs.close(attempt.run)
        }
        if case .runReported(let attempt, let step, let metrics) = event, let strategyThread,
          strategyThread.wantsReports
        {
          strategyThread.observe(TrialReport(run: attempt.run, step: step, metrics: metrics))
        }
      case .saveCheckpoint: preconditionFailure("checkpoints are saved before")
      case .send(let message, let peer): try parts.transport.send(message.encoded(), to: peer)
      case .assign(let attempt, let peer, let checkpoint): try assign(attempt, to: peer, from: checkpoint)
      case .discardCheckpoint(let checkpoint): try parts.checkpoints.release(checkpoint)
      case .log(let attempt, let worker, let lines): try log(attempt, worker: worker, lines)
      case .kill(let worker): parts.localWorkers?.kill(worker)
      case .note(let level, let message): parts.logger.log(level: level.logger, "\(message)")
      }
    }
  }

  func assign(_ attempt: Attempt, to peer: PeerID, from checkpoint: CheckpointReference?) throws {
    var bytes: [UInt8]?
    if let checkpoint {
      do {
        bytes = try parts.checkpoints.load(checkpoint)
      } catch {
        parts.logger.warning("\(attempt.run) starts from the beginning: \(error)")
      }
    }
    let plan = session.state.plan
    var assignment = Assignment(
      attempt: attempt, fold: plan.fold(of: attempt.run), seed: plan.seed(of: attempt.run),
      point: JSONValue.object(asked[attempt.run.trial].values).serialized(), checkpoint: bytes)
    assignment.member = plan.memberPart(of: attempt.run).map {
      .init(scoredIndex: plan.scoredRun(of: attempt.run).index, part: $0)
    }
    assignment.exploration = session.state.trials[attempt.run.trial].exploration?.json.serialized()
    for member in plan.memberRuns(of: attempt.run) {
      // A part without members has none.
      guard let state = session.state[member]?.checkpoint else { continue }
      do {
        assignment.memberStates.append(try parts.checkpoints.load(state))
      } catch {
        parts.logger.warning("\(attempt.run) trains the members of \(member) again: \(error)")
      }
    }
    try parts.transport.send(CoordinatorMessage.assign(assignment).encoded(), to: peer)
  }

  func log(_ attempt: Attempt, worker: String, _ lines: [LogLine]) throws {
    let now = Self.wallClock
    let records = lines.map {
      LogRecord(
        at: $0.at > 0 ? $0.at : now, attempt: attempt.number, worker: worker, level: $0.level, message: $0.message)
    }
    try parts.logs.append(records, to: attempt.run)
  }

  func reportProgress(at now: Duration) {
    progress.workers = session.workers
    progress.elapsed = now - start
    if strategyThread != nil { progress.countWaiting(mayStart ? session.hunger : 0, of: session.slots, until: now) }
    progress.isDraining = session.isDraining
    parts.observe(progress)
  }
}

extension LogLevel {
  var logger: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
