import ClusterProtocol
import SearchStrategies
import StudyModel

/// Where new trials come from.
extension Coordinator {
  /// A suggestion that waits for a free slot. The store knows nothing of it: one that is never used leaves no trace,
  /// and after a restart its decision is made again.
  struct Prepared {
    var point: Point
    var note: DecisionNote
  }

  /// Whether a free slot may get a new trial.
  var mayStart: Bool { asked.count < budget && !(isExhausted && prepared.isEmpty) && !session.isDraining }

  /// New trials for the slots that are free, as far as suggestions are at hand. Never waits for a strategy that learns.
  func ask() throws -> [CoordinatorSession.Action] {
    guard mayStart else { return [] }
    if let strategyThread { return try ask(strategyThread) }
    return try askDirectly()
  }

  private func askDirectly() throws -> [CoordinatorSession.Action] {
    let hunger = session.hunger
    guard hunger > 0 else { return [] }
    let perTrial = session.state.plan.firstRunsPerTrial
    let count = min(budget - asked.count, (hunger + perTrial - 1) / perTrial)
    let request = AskRequest(numbers: asked.count..<asked.count + count, asked: asked, pending: pending)
    let suggestions = try parts.strategy.ask(request)
    var actions = suggestions.flatMap { begin($0.point, note: $0.note) }
    if suggestions.count < count { actions.append(exhausted(after: asked.count)) }
    return actions
  }

  private func ask(_ thread: StrategyThread) throws -> [CoordinatorSession.Action] {
    var actions: [CoordinatorSession.Action] = []
    if let answer = thread.takeAnswer(), var note = requested {
      requested = nil
      pacing.asked(seconds: answer.seconds)
      if let suggestion = try answer.suggestion.get() {
        note.strategy = suggestion.note
        prepared.append(Prepared(point: suggestion.point, note: note))
      } else if note.pending.isEmpty {
        actions.append(exhausted(after: asked.count + prepared.count))
      } else {
        // It waits for a trial that runs; one may have ended in the meantime.
        waitsForTrial = note.told == told
      }
    }
    while session.hunger > 0, !prepared.isEmpty {
      let next = prepared.removeFirst()
      actions += begin(next.point, note: next.note.json)
    }
    let isDue =
      session.hunger > 0
      || prepared.count < pacing.ahead(slots: session.slots, runsPerTrial: session.state.plan.firstRunsPerTrial)
    if isDue, !thread.isAsked, !isExhausted, !waitsForTrial, asked.count + prepared.count < budget {
      request(from: thread)
    }
    return actions
  }

  /// Asks for the trial after those that are started or prepared.
  private func request(from thread: StrategyThread) {
    let number = asked.count + prepared.count
    let waiting = zip(asked.count..., prepared).map { PendingTrial(number: $0, point: $1.point) }
    let open = pending + waiting
    requested = DecisionNote(told: told, pending: open.map(\.number))
    thread.ask(AskRequest(numbers: number..<number + 1, asked: asked + prepared.map(\.point), pending: open))
  }

  private func begin(_ point: Point, note: JSONValue?) -> [CoordinatorSession.Action] {
    pending.append(PendingTrial(number: asked.count, point: point))
    asked.append(point)
    return session.asked(point, note: note)
  }

  private func exhausted(after count: Int) -> CoordinatorSession.Action {
    isExhausted = true
    return .note(.info, "the space has no more than \(count) different points: that many trials are run")
  }
}
