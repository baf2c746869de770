package import StudyModel

/// Where a study is kept, and the one writer to it.
///
/// The event log is the truth; everything else that a store shows is a fold over it, kept up to date in the same
/// transaction. A coordinator that starts again replays the log.
///
/// - Durability: when `append`, `setStatus` or `replaceConfiguration` has returned, what it stored survives `kill -9`
///   and power loss. Acknowledge to a worker after that, not before.
/// - All or nothing: when one of them throws, nothing of that call is stored, and the store can be used again once the
///   cause is gone.
/// - Order: events have numbers from 1 without gaps, and are read in the order in which they were appended.
/// - Finished runs are immutable: an event that does not fit (a second result, an attempt that is not the current one,
///   a trial out of turn) is refused with `StoreError.conflict`, under the rules of `StudyState.apply`.
/// - One writer: a second store on the same folder, in any process, is refused with `StoreError.locked`.
/// - Thread use: one thread at a time. Time comes in as an argument.
package protocol StudyStore: StudySource {
  /// Appends the events in one durable transaction. `seconds` is the time, since 1970.
  func append(_ events: [StudyEvent], at seconds: Double) throws(StoreError)

  func setStatus(_ status: StudyStatus) throws(StoreError)

  /// Notes which trial is the best so far by the objective, so that a look at a long study need not search for it.
  func setBest(trial: Int) throws(StoreError)

  /// Replaces the configuration's text, for a study that goes on with a larger budget.
  func replaceConfiguration(_ text: String) throws(StoreError)

  /// Tidies up without waiting for anybody. To be called when there is nothing else to do.
  func idle()

  /// Gives the study back. The store cannot be used after it.
  func close() throws(StoreError)
}

extension StudyStore {
  /// The fold over all events, for a coordinator that starts again.
  package func replay() throws(StoreError) -> StudyState {
    var state = StudyState(plan: try header().plan)
    try forEachEvent(after: 0) { stored throws(StoreError) in
      do throws(StudyStateError) {
        try state.apply(stored.event)
      } catch {
        throw StoreError(.corrupt, at: "event \(stored.sequence)", error.description)
      }
    }
    return state
  }
}
