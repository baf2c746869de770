import StudyModel

extension WireWriter {
  mutating func attempt(_ attempt: Attempt) {
    integer(attempt.run.trial)
    integer(attempt.run.index)
    integer(attempt.number)
  }

  /// In the order of their names, so that equal metrics are equal bytes.
  mutating func metrics(_ metrics: [String: Double]) {
    list(metrics.sorted { $0.key < $1.key }) { writer, metric in
      writer.text(metric.key)
      writer.double(metric.value)
    }
  }

  mutating func outcome(_ outcome: RunOutcome) {
    switch outcome {
    case .done(let metrics):
      byte(0)
      self.metrics(metrics)
    case .failed(let reason):
      byte(1)
      text(reason)
    case .pruned(let reason):
      byte(2)
      text(reason)
    case .cancelled(let reason):
      byte(3)
      text(reason)
    }
  }
}

extension WireReader {
  mutating func attempt() throws(WireError) -> Attempt {
    let trial = try count("the trial")
    let index = try count("the run")
    return Attempt(run: RunID(trial: trial, index: index), number: try count("the attempt"))
  }

  mutating func metrics() throws(WireError) -> [String: Double] {
    let pairs = try list("the metrics") { reader throws(WireError) in
      (try reader.text("a metric's name"), try reader.double("a metric"))
    }
    return Dictionary(pairs) { $1 }
  }

  mutating func outcome() throws(WireError) -> RunOutcome {
    switch try byte("the outcome") {
    case 0: .done(metrics: try metrics())
    case 1: .failed(reason: try text("the reason"))
    case 2: .pruned(reason: try text("the reason"))
    case 3: .cancelled(reason: try text("the reason"))
    case let other: throw WireError("unknown outcome \(other)")
    }
  }
}
