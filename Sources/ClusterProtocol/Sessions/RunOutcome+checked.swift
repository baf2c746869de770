import StudyModel

extension RunOutcome {
  /// A result without a usable value of the objective's metric is a failure; other metrics that are not finite are left
  /// out.
  func checked(for metric: String) -> RunOutcome {
    guard case .done(let metrics) = self else { return self }
    guard let value = metrics[metric] else {
      let known = metrics.keys.sorted().joined(separator: ", ")
      return .failed(reason: "the result has no metric \"\(metric)\"; it has \(known.isEmpty ? "none" : known)")
    }
    guard value.isFinite else { return .failed(reason: "metric \"\(metric)\" is \(value)") }
    return .done(metrics: metrics.filter(\.value.isFinite))
  }
}

extension StudyState {
  /// Whether a run's result is the metrics: not for those that train members for another, and those that explore.
  func isForItself(_ run: RunID) -> Bool {
    plan.memberPart(of: run) == nil && trials[run.trial].exploration == nil
  }

  /// Why the result of a run that is not done for its metrics cannot be used: what it is for came before it, and may be
  /// lost while a coordinator is away. Nil where there is nothing to it.
  func missingPart(of run: RunID, _ outcome: RunOutcome) -> String? {
    guard case .done(let metrics) = outcome else { return nil }
    let step = metrics["step"] ?? 0
    guard plan.memberPart(of: run) != nil else {
      let explores = trials[run.trial].exploration != nil
      // One of folds that are explored together may have had nothing to do.
      let isIdle = metrics["step"] == 0
      return explores && !isIdle && self[run]?.survey == nil ? "what it found did not arrive" : nil
    }
    // A part without members has no state.
    if step == 0 || Double(self[run]?.checkpoint?.step ?? 0) == step { return nil }
    return "the state after its last step did not arrive"
  }
}
