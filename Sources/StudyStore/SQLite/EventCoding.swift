import StudyModel

/// How an event stands in the `event` table: its kind, the run it is about, and the rest as JSON.
///
///     trial-asked       {"point":{"x":0.5},"note":...}
///     run-assigned      {"worker":"node-3.0"}
///     run-reported      {"step":10,"metrics":{"elbo":-1.5}}
///     run-checkpointed  {"hash":"9f86...","bytes":1024,"step":10}
///     run-surveyed      {"survey":{"optimum":[[0.5],-1.5],"surface":[],"path":[],"steps":100}}
///     run-released      {"reason":"worker lost","blamed":true}
///     run-reclaimed     {"worker":"node-3.0"}
///     run-finished      {"outcome":"done","metrics":{"elbo":-1.5},"seconds":2.5}
///                       {"outcome":"failed","reason":"...","seconds":2.5}
enum EventCoding {
  static func kind(of event: StudyEvent) -> String {
    switch event {
    case .trialAsked: "trial-asked"
    case .runAssigned: "run-assigned"
    case .runReported: "run-reported"
    case .runCheckpointed: "run-checkpointed"
    case .runSurveyed: "run-surveyed"
    case .runReleased: "run-released"
    case .runReclaimed: "run-reclaimed"
    case .runFinished: runFinished
    }
  }

  static let runFinished = "run-finished"

  static func payload(of event: StudyEvent) -> JSONValue {
    switch event {
    case .trialAsked(_, let point, let note):
      var members = [JSONObject.Member("point", .object(point.values))]
      if let note { members.append(.init("note", note)) }
      return .object(JSONObject(members))
    case .runAssigned(_, let worker), .runReclaimed(_, let worker):
      return ["worker": .string(worker)]
    case .runReported(_, let step, let metrics):
      return ["step": .integer(step), "metrics": encode(metrics)]
    case .runCheckpointed(_, let checkpoint):
      return ["hash": .string(checkpoint.hash), "bytes": .integer(checkpoint.bytes), "step": .integer(checkpoint.step)]
    case .runSurveyed(_, let survey):
      return ["survey": survey.json]
    case .runReleased(_, let reason, let blamed):
      return ["reason": .string(reason), "blamed": .bool(blamed)]
    case .runFinished(_, let outcome, let seconds):
      let result: JSONObject.Member =
        if case .done(let metrics) = outcome {
          .init("metrics", encode(metrics))
        } else {
          .init("reason", .string(outcome.reason ?? ""))
        }
      let members = [
        JSONObject.Member("outcome", .string(outcome.state.rawValue)), result, .init("seconds", encode(seconds)),
      ]
      return .object(JSONObject(members))
    }
  }

  /// The event of a row; nil when the row is damaged.
  static func event(kind: String, trial: Int, run: Int?, attempt: Int?, payload: JSONValue) -> StudyEvent? {
    guard let payload = payload.object else { return nil }
    if kind == "trial-asked" {
      guard let point = payload["point"]?.object else { return nil }
      return .trialAsked(trial: trial, point: Point(point), note: payload["note"])
    }
    guard let run, let attempt else { return nil }
    let id = Attempt(run: RunID(trial: trial, index: run), number: attempt)
    switch kind {
    case "run-assigned":
      guard let worker = payload["worker"]?.string else { return nil }
      return .runAssigned(id, worker: worker)
    case "run-reclaimed":
      guard let worker = payload["worker"]?.string else { return nil }
      return .runReclaimed(id, worker: worker)
    case "run-reported":
      guard let step = payload["step"]?.int, let metrics = payload["metrics"].flatMap(decodeMetrics) else { return nil }
      return .runReported(id, step: step, metrics: metrics)
    case "run-checkpointed":
      guard let hash = payload["hash"]?.string, let bytes = payload["bytes"]?.int, let step = payload["step"]?.int
      else { return nil }
      return .runCheckpointed(id, CheckpointReference(hash: hash, bytes: bytes, step: step))
    case "run-surveyed":
      guard let survey = payload["survey"].flatMap(Survey.init) else { return nil }
      return .runSurveyed(id, survey)
    case "run-released":
      guard let reason = payload["reason"]?.string, let blamed = payload["blamed"]?.bool else { return nil }
      return .runReleased(id, reason: reason, blamed: blamed)
    case runFinished:
      guard let state = payload["outcome"]?.string.flatMap(RunState.init),
        let seconds = payload["seconds"].flatMap(decodeNumber),
        let outcome = outcome(state, metrics: payload["metrics"], reason: payload["reason"]?.string)
      else { return nil }
      return .runFinished(id, outcome, seconds: seconds)
    default:
      return nil
    }
  }

  /// The outcome of a final state; nil where the parts do not fit each other.
  static func outcome(_ state: RunState, metrics: JSONValue?, reason: String?) -> RunOutcome? {
    switch state {
    case .done: metrics.flatMap(decodeMetrics).map { .done(metrics: $0) }
    case .failed: reason.map { .failed(reason: $0) }
    case .pruned: reason.map { .pruned(reason: $0) }
    case .cancelled: reason.map { .cancelled(reason: $0) }
    case .queued, .running: nil
    }
  }
}

// MARK: Numbers

/// JSON has finite numbers alone, but a metric may well be infinite or undefined: those become strings.
extension EventCoding {
  static func encode(_ metrics: [String: Double]) -> JSONValue {
    var members = metrics.map { JSONObject.Member($0.key, encode($0.value)) }
    members.sort { $0.key < $1.key }
    return .object(JSONObject(members))
  }

  static func encode(_ number: Double) -> JSONValue {
    if number.isFinite { return .number(number) }
    return .string(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
  }

  static func decodeMetrics(_ value: JSONValue) -> [String: Double]? {
    guard let members = value.object?.members else { return nil }
    var metrics = [String: Double](minimumCapacity: members.count)
    for member in members {
      guard let number = decodeNumber(member.value) else { return nil }
      metrics[member.key] = number
    }
    return metrics
  }

  static func decodeNumber(_ value: JSONValue) -> Double? {
    switch value {
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    default: value.double
    }
  }
}
