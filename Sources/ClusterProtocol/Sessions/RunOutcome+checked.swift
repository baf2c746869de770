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
