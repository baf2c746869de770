import StudyModel

/// What the writer knows of every run without asking the database: enough to refuse an event that does not fit, and
/// to keep the states of the trials and the tallies. Two words a run.
struct StudyLedger {
  private struct Run {
    var state = RunState.queued
    var attempt: Int32 = 0
  }

  let plan: RunPlan
  /// How many events there are.
  var events = 0
  private var runs: [Run] = []
  private var trials: [RunState] = []
  private(set) var trialTally = Tally()
  private(set) var runTally = Tally()
  /// The trials whose state changed since the last `takeChangedTrials`.
  private var changedTrials: [Int] = []

  /// An event that does not fit.
  struct Misfit: Error {
    let message: String
  }

  /// How many are in each state.
  struct Tally: Equatable {
    private var counts = [Int](repeating: 0, count: RunState.allCases.count)

    subscript(state: RunState) -> Int {
      get { counts[Self.index(state)] }
      set { counts[Self.index(state)] = newValue }
    }

    private static func index(_ state: RunState) -> Int {
      switch state {
      case .queued: 0
      case .running: 1
      case .done: 2
      case .failed: 3
      case .pruned: 4
      case .cancelled: 5
      }
    }
  }

  init(plan: RunPlan) {
    self.plan = plan
  }

  func row(of run: RunID) -> Int { run.trial * plan.runsPerTrial + run.index }

  /// Takes notice of an event, under the rules of `StudyState.apply`.
  mutating func apply(_ event: StudyEvent) throws(Misfit) {
    switch event {
    case .trialAsked(let trial, _, _):
      guard trial == trials.count else {
        throw Misfit(message: "trial \(trial) was asked when trial \(trials.count) was due")
      }
      addTrial(.queued)
      for _ in 0..<plan.runsPerTrial { addRun(.queued, attempt: 0) }
    case .runAssigned(let attempt, _):
      let run = try run(attempt.run)
      guard run.state == .queued, attempt.number == Int(run.attempt) + 1 else {
        throw Misfit(message: "\(attempt.run) cannot start attempt \(attempt.number): \(Self.text(run))")
      }
      runs[row(of: attempt.run)].attempt += 1
      move(attempt.run, to: .running)
    case .runReported(let attempt, _, _), .runCheckpointed(let attempt, _), .runSurveyed(let attempt, _):
      try checkRunning(attempt)
    case .runReleased(let attempt, _, _):
      try checkRunning(attempt)
      move(attempt.run, to: .queued)
    case .runReclaimed(let attempt, _):
      let run = try run(attempt.run)
      guard run.state == .queued, attempt.number == Int(run.attempt), attempt.number > 0 else {
        throw Misfit(message: "\(attempt.run) attempt \(attempt.number) cannot be reclaimed: \(Self.text(run))")
      }
      move(attempt.run, to: .running)
    case .runFinished(let attempt, let outcome, _):
      let run = try run(attempt.run)
      guard !run.state.isFinal, attempt.number == Int(run.attempt) else {
        throw Misfit(message: "\(attempt.run) cannot finish attempt \(attempt.number): \(Self.text(run))")
      }
      move(attempt.run, to: outcome.state)
    }
    events += 1
  }

  /// For loading: a trial as the database has it.
  mutating func addTrial(_ state: RunState) {
    trials.append(state)
    trialTally[state] += 1
  }

  /// For loading: the next run as the database has it.
  mutating func addRun(_ state: RunState, attempt: Int) {
    runs.append(Run(state: state, attempt: Int32(attempt)))
    runTally[state] += 1
  }

  /// The trials whose state changed since the last call, and their states now.
  mutating func takeChangedTrials() -> [(number: Int, state: RunState)] {
    defer { changedTrials.removeAll(keepingCapacity: true) }
    return changedTrials.map { ($0, trials[$0]) }
  }

  /// Whether there are as many runs as the trials have.
  var isComplete: Bool { runs.count == trials.count * plan.runsPerTrial }

  private mutating func move(_ id: RunID, to state: RunState) {
    let row = row(of: id)
    runTally[runs[row].state] -= 1
    runTally[state] += 1
    runs[row].state = state
    let whole = trialState(id.trial)
    guard whole != trials[id.trial] else { return }
    trialTally[trials[id.trial]] -= 1
    trialTally[whole] += 1
    trials[id.trial] = whole
    changedTrials.append(id.trial)
  }

  /// The rule of `TrialRecord.state`.
  private func trialState(_ trial: Int) -> RunState {
    let all = runs[trial * plan.runsPerTrial..<(trial + 1) * plan.runsPerTrial]
    if all.contains(where: { !$0.state.isFinal }) {
      return all.contains { $0.state != .queued } ? .running : .queued
    }
    return all.first { $0.state != .done }?.state ?? .done
  }

  private func run(_ id: RunID) throws(Misfit) -> Run {
    guard trials.indices.contains(id.trial), (0..<plan.runsPerTrial).contains(id.index) else {
      throw Misfit(message: "\(id) does not exist")
    }
    return runs[row(of: id)]
  }

  private func checkRunning(_ attempt: Attempt) throws(Misfit) {
    let run = try run(attempt.run)
    guard run.state == .running, attempt.number == Int(run.attempt) else {
      throw Misfit(message: "\(attempt.run) attempt \(attempt.number) is not running: \(Self.text(run))")
    }
  }

  private static func text(_ run: Run) -> String { "it is \(run.state), attempt \(run.attempt)" }
}
