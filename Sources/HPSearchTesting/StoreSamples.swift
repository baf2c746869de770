package import StudyModel
package import StudyStore

/// Studies made up for testing stores: all kinds of events, always the same for the same key.
package enum StoreSamples {
  package static func header(folds: Int, seeds: Int) -> StudyHeader {
    StudyHeader(
      name: "sample", configuration: "{\"name\": \"sample\"}", plan: RunPlan(folds: folds, seeds: seeds), seed: 7,
      createdAt: 1_769_000_000.5)
  }

  /// A whole study in batches as a coordinator would append them: workers come and go, runs are lost, resumed,
  /// failed, pruned and cancelled, and all of them end.
  package static func batches(plan: RunPlan, trials: Int, key: UInt64) -> [[StudyEvent]] {
    var random = SplitMix(state: key)
    var state = StudyState(plan: plan)
    var batches: [[StudyEvent]] = []
    var batch: [StudyEvent] = []
    while state.trials.count < trials || state.trials.contains(where: { !$0.state.isFinal }) {
      let open = state.trials.lazy.flatMap(\.runs).filter { !$0.state.isFinal }
      let event: StudyEvent
      if state.trials.count < trials, open.isEmpty || random.chance(0.2) {
        event = ask(state.trials.count, &random)
      } else {
        event = next(for: Array(open).randomElement(using: &random)!, &random)
      }
      do {
        try state.apply(event)
      } catch {
        preconditionFailure("a sample event does not fit: \(error)")
      }
      batch.append(event)
      if random.chance(0.25) {
        batches.append(batch)
        batch = []
      }
    }
    return batch.isEmpty ? batches : batches + [batch]
  }

  private static func ask(_ trial: Int, _ random: inout SplitMix) -> StudyEvent {
    let point = Point(["scale": .number(random.unit()), "kind": random.chance(0.5) ? "gaussian" : "laplace", "n": 3])
    return .trialAsked(trial: trial, point: point, note: random.chance(0.3) ? ["pending": [.integer(trial)]] : nil)
  }

  private static func next(for run: RunRecord, _ random: inout SplitMix) -> StudyEvent {
    if run.state == .queued {
      if random.chance(0.1) {
        return .runFinished(run.currentAttempt, .cancelled(reason: "stopped"), seconds: run.seconds)
      }
      return .runAssigned(
        Attempt(run: run.id, number: run.attempt + 1), worker: "node-\(Int.random(in: 0..<3, using: &random)).0")
    }
    let attempt = run.currentAttempt
    let metrics = ["elbo": -random.unit() * 100, "rmse": random.unit()]
    switch random.unit() {
    case ..<0.35: return .runReported(attempt, step: run.step + 5, metrics: metrics)
    case ..<0.38:
      let value = Survey.Value([random.unit()], mean: random.unit(), error: random.chance(0.5) ? 0.25 : nil)
      return .runSurveyed(attempt, Survey(surface: [value], optimum: value, path: [], steps: run.step))
    case ..<0.5:
      let hash = String(repeating: "ab", count: 31) + String(10 + run.step % 90)
      return .runCheckpointed(attempt, CheckpointReference(hash: hash, bytes: 1000 + run.step, step: run.step + 1))
    case ..<0.6: return .runReleased(attempt, reason: "worker lost", blamed: random.chance(0.5))
    case ..<0.7: return .runFinished(attempt, .failed(reason: "exploded"), seconds: random.unit())
    case ..<0.75: return .runFinished(attempt, .pruned(reason: "worse than half"), seconds: random.unit())
    default: return .runFinished(attempt, .done(metrics: metrics), seconds: random.unit())
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }
}
