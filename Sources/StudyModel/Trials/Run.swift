/// The unit of work: one training. A trial has one run for each fold and seed; `index` is fold * seeds + seed.
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

/// The folds and seeds of every trial of a study.
package struct RunPlan: Hashable, Sendable {
  package var folds: Int
  package var seeds: Int

  package init(folds: Int, seeds: Int) {
    precondition(folds >= 1 && seeds >= 1, "a trial needs at least one fold and one seed, got \(folds) x \(seeds)")
    self.folds = folds
    self.seeds = seeds
  }

  package var runsPerTrial: Int { folds * seeds }

  package func fold(of run: RunID) -> Int { run.index / seeds }

  package func seed(of run: RunID) -> Int { run.index % seeds }

  package func runs(ofTrial trial: Int) -> [RunID] {
    (0..<runsPerTrial).map { RunID(trial: trial, index: $0) }
  }
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
