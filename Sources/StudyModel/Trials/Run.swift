/// The unit of work: one training. A trial has one run for each fold and seed; `index` is fold * seeds + seed. Runs that
/// train members of an ensemble for these come after them; see `RunPlan`.
package struct RunID: Hashable, Comparable, Sendable {
  package var trial: Int
  package var index: Int

  package init(trial: Int, index: Int) {
    self.trial = trial
    self.index = index
  }

  package static func < (a: Self, b: Self) -> Bool {
    (a.trial, a.index) < (b.trial, b.index)
  }
}

extension RunID: CustomStringConvertible {
  /// The name that the run's log file and every message about it carry, for example `trial-0007-run-2`.
  package var description: String {
    let digits = String(trial)
    return "trial-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)-run-\(index)"
  }
}

/// One try at a run. Attempts count from 1 and fence: what a worker says about an attempt that is no longer the
/// current one changes nothing.
package struct Attempt: Hashable, Sendable, Comparable {
  package var run: RunID
  package var number: Int

  package init(run: RunID, number: Int) {
    self.run = run
    self.number = number
  }

  package static func < (a: Self, b: Self) -> Bool {
    (a.run, a.number) < (b.run, b.number)
  }
}

/// The runs of every trial of a study: one for each fold and seed, which has the metrics, and for each of these so many
/// before it that train a part of its ensemble's members.
///
/// The indices of a trial's runs: first fold * seeds + seed, and then, for each of these in order, its member runs. Scored
/// runs are thus the same, and have the same random keys, with and without member runs.
package struct RunPlan: Hashable, Sendable {
  package var folds: Int
  package var seeds: Int
  /// Runs for the members of each fold's and seed's ensemble; 0 where that run trains them itself.
  package var memberRuns: Int

  package init(folds: Int, seeds: Int, memberRuns: Int = 0) {
    precondition(folds >= 1 && seeds >= 1, "a trial needs at least one fold and one seed, got \(folds) x \(seeds)")
    precondition(memberRuns >= 0, "a trial cannot have \(memberRuns) member runs")
    self.folds = folds
    self.seeds = seeds
    self.memberRuns = memberRuns
  }

  /// Those that have metrics.
  package var scoredRunsPerTrial: Int { folds * seeds }

  package var runsPerTrial: Int { scoredRunsPerTrial * (1 + memberRuns) }

  /// Those that can begin when the trial does.
  package var firstRunsPerTrial: Int { scoredRunsPerTrial * max(1, memberRuns) }

  package func fold(of run: RunID) -> Int { scoredRun(of: run).index / seeds }

  package func seed(of run: RunID) -> Int { scoredRun(of: run).index % seeds }

  package func runs(ofTrial trial: Int) -> [RunID] {
    (0..<runsPerTrial).map { RunID(trial: trial, index: $0) }
  }

  /// The part of the members that a run trains; nil for a scored run.
  package func memberPart(of run: RunID) -> MemberPart? {
    let place = run.index - scoredRunsPerTrial
    return place < 0 ? nil : MemberPart(number: place % memberRuns, count: memberRuns)
  }

  /// The run that a member run works for; a scored run itself.
  package func scoredRun(of run: RunID) -> RunID {
    let place = run.index - scoredRunsPerTrial
    return place < 0 ? run : RunID(trial: run.trial, index: place / memberRuns)
  }

  /// The runs whose end states a run starts from; none for a member run.
  package func memberRuns(of run: RunID) -> [RunID] {
    guard run.index < scoredRunsPerTrial else { return [] }
    let first = scoredRunsPerTrial + run.index * memberRuns
    return (first..<first + memberRuns).map { RunID(trial: run.trial, index: $0) }
  }
}

/// A part of an ensemble's members: those whose number has the remainder `number` when it is divided by `count`.
package struct MemberPart: Hashable, Sendable {
  package var number: Int
  package var count: Int

  package init(number: Int, count: Int) {
    precondition(0 <= number && number < count, "there is no part \(number) of \(count)")
    self.number = number
    self.count = count
  }

  /// Its members of an ensemble of so many, in order.
  package func members(of ensemble: Int) -> [Int] { Array(stride(from: number, to: ensemble, by: count)) }
}

/// How a run ended. There is no fifth way.
package enum RunOutcome: Hashable, Sendable {
  case done(metrics: [String: Double])
  case failed(reason: String)
  case pruned(reason: String)
  case cancelled(reason: String)
}

/// Where a run stands.
package enum RunState: String, Hashable, Sendable, CaseIterable {
  case queued, running, done, failed, pruned, cancelled

  package var isFinal: Bool { self != .queued && self != .running }
}

extension RunOutcome {
  package var state: RunState {
    switch self {
    case .done: .done
    case .failed: .failed
    case .pruned: .pruned
    case .cancelled: .cancelled
    }
  }

  package var reason: String? {
    switch self {
    case .done: nil
    case .failed(let reason), .pruned(let reason), .cancelled(let reason): reason
    }
  }
}

/// A checkpoint in the study folder: checkpoints/<hash>.safetensors.
package struct CheckpointReference: Hashable, Sendable {
  /// SHA-256 or another content hash, in hexadecimal; names the file.
  package var hash: String
  package var bytes: Int
  /// The training step after which it was taken.
  package var step: Int

  package init(hash: String, bytes: Int, step: Int) {
    self.hash = hash
    self.bytes = bytes
    self.step = step
  }
}
