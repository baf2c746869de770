package import StudyModel

/// A study to look at: what `status`, `trials`, `best`, `tail` and the reports need.
///
/// - Snapshots: each call sees the study as it was at one moment between two commits. Two calls may see two moments.
/// - Looking changes nothing and never makes the writer wait.
/// - Thread use: one thread at a time for each object; as many objects as wanted.
package protocol StudySource: AnyObject {
  func header() throws(StoreError) -> StudyHeader

  func status() throws(StoreError) -> StudyStatus

  func summary() throws(StoreError) -> StudySummary

  /// All trials in order: the same as the fold of the events, `StudyState(plan:events:).trials`, but that U+0000 in a
  /// worker's name or a reason may be shown as U+2400.
  func trials() throws(StoreError) -> [TrialRecord]

  /// The events after the one numbered `sequence` (0: all), in order, one at a time. An error that `body` throws ends
  /// the reading.
  ///
  /// - Throws: `StoreError.corrupt` that names the number of the first event that cannot be read.
  func forEachEvent(
    after sequence: Int, _ body: (StoredEvent) throws(StoreError) -> Void
  ) throws(StoreError)
}

extension StudySource {
  /// The events after the one numbered `sequence`, in order.
  package func events(after sequence: Int = 0) throws(StoreError) -> [StudyEvent] {
    var events: [StudyEvent] = []
    try forEachEvent(after: sequence) { stored throws(StoreError) in events.append(stored.event) }
    return events
  }
}
