package import StudyModel

/// The trials that failed, by reason, the most frequent first: `trials 3, 8 and 12: the loss is not a number`.
///
/// - Parameter limit: how many different reasons are told.
package func failuresText(of trials: [TrialRecord], limit: Int = 3) -> [String] {
  var reasons: [String] = []
  var numbers: [String: [Int]] = [:]
  for trial in trials where trial.state.isFinal && trial.state != .done {
    let reason = trial.reason ?? trial.state.rawValue
    if numbers[reason] == nil { reasons.append(reason) }
    numbers[reason, default: []].append(trial.number)
  }
  let order = reasons.enumerated().sorted { a, b in
    let (x, y) = (numbers[a.element]?.count ?? 0, numbers[b.element]?.count ?? 0)
    return x != y ? x > y : a.offset < b.offset
  }.map(\.element)
  var lines = order.prefix(limit).map { reason in
    "\(trialsText(numbers[reason] ?? [])): \(truncated(printable(reason), to: 300))"
  }
  if order.count > limit { lines.append("and \(count(order.count - limit, "other reason"))") }
  return lines
}

/// `trial 3`, `trials 3, 8 and 12`, `trials 3, 8, 12 and 17 more`.
package func trialsText(_ numbers: [Int], limit: Int = 8) -> String {
  guard let last = numbers.last else { return "no trials" }
  if numbers.count == 1 { return "trial \(last)" }
  if numbers.count > limit {
    let first = numbers.prefix(limit).map(String.init).joined(separator: ", ")
    return "trials \(first) and \(numbers.count - limit) more"
  }
  return "trials \(numbers.dropLast().map(String.init).joined(separator: ", ")) and \(last)"
}
