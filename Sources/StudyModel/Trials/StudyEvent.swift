/// What happened in a study. The list of events is the truth about it; `StudyState` is a fold over the list, and a
/// coordinator that starts again replays it.
package enum StudyEvent: Hashable, Sendable {
  /// The strategy proposed a point. `note` is what the decision saw, for strategies that learn.
  case trialAsked(trial: Int, point: Point, note: JSONValue?)
  /// The run was leased to a worker.
  case runAssigned(Attempt, worker: String)
  case runReported(Attempt, step: Int, metrics: [String: Double])
  case runCheckpointed(Attempt, CheckpointReference)
  /// What a run that explores found. Such a run is done with it alone.
  case runSurveyed(Attempt, Survey)
  /// The lease ended without a result: the run is queued again and goes on from its last checkpoint. `blamed` says
  /// that the run may have killed its worker; three of those and the run is failed.
  case runReleased(Attempt, reason: String, blamed: Bool)
  /// A worker that was given up came back with the attempt, and nobody else has begun the run since.
  case runReclaimed(Attempt, worker: String)
  /// `seconds` is the wall-clock time of the last attempt.
  case runFinished(Attempt, RunOutcome, seconds: Double)
}
