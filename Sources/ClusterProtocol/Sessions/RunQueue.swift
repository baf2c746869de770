import StudyModel

/// The runs that wait: those that were given back first, then the others in the order of their trials.
struct RunQueue {
  private var returned: [RunID] = []
  private var waiting: [RunID] = []
  private var head = 0

  init(_ state: borrowing StudyState) {
    for trial in state.trials {
      for run in trial.runs where run.state == .queued && state.isReady(run.id) {
        if run.attempt > 0 { returned.append(run.id) } else { waiting.append(run.id) }
      }
    }
  }

  var count: Int { returned.count + waiting.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ runs: [RunID]) {
    // What was handed out is dropped now and then, so that the cost stays constant.
    if head > 1024 && head * 2 > waiting.count {
      waiting.removeFirst(head)
      head = 0
    }
    waiting += runs
  }

  mutating func putBack(_ run: RunID) {
    let index = returned.firstIndex { run < $0 } ?? returned.endIndex
    returned.insert(run, at: index)
  }

  mutating func remove(_ run: RunID) {
    returned.removeAll { $0 == run }
    if let index = waiting[head...].firstIndex(of: run) { waiting.remove(at: index) }
  }

  mutating func next() -> RunID? {
    if !returned.isEmpty { return returned.removeFirst() }
    guard head < waiting.count else { return nil }
    defer { head += 1 }
    return waiting[head]
  }
}
