/// What a run does. An objective belongs to one slot of one worker and is called from one thread, one run at a time;
/// it may keep things between runs (a data set, a child process).
package protocol Objective: AnyObject {
  /// Runs to the end and returns the metrics, by name. Blocking.
  ///
  /// - Throws: `RunInterrupted` when `context.stopRequested` was seen and a last checkpoint was handed over; any other
  ///   error fails the run, with the error's description as the reason.
  func run(_ assignment: RunAssignment, context: any RunContext) throws -> [String: Double]
}

/// Everything that a run depends on. Two runs with equal assignments give equal metrics, digit for digit, wherever
/// they run; `attempt` and `checkpoint` change nothing but the time it takes.
package struct RunAssignment: Sendable {
  package var attempt: Attempt
  package var fold: Int
  package var seed: Int
  package var point: Point
  /// The sweep's configuration with the point merged into it.
  package var configuration: SweepConfiguration
  /// The last checkpoint of an earlier attempt, to go on from.
  package var checkpoint: [UInt8]?
  /// The run that a member run works for; the run itself otherwise. Everything random follows from it.
  package var scoredRun: RunID
  /// Of a member run: what it trains. It hands over a checkpoint of its end, and has the metric `step` alone.
  package var part: MemberPart?
  /// The end states of the member runs that worked for this run, as far as they can be read. What is missing it trains
  /// itself.
  package var memberStates: [[UInt8]]
  /// What the run explores; nil for one that trains at the point. It says what it found with `RunContext.survey`.
  package var exploration: Exploration?

  package init(
    attempt: Attempt, fold: Int, seed: Int, point: Point, configuration: SweepConfiguration,
    checkpoint: [UInt8]? = nil, scoredRun: RunID? = nil, part: MemberPart? = nil, memberStates: [[UInt8]] = [],
    exploration: Exploration? = nil
  ) {
    self.attempt = attempt
    self.fold = fold
    self.seed = seed
    self.point = point
    self.configuration = configuration
    self.checkpoint = checkpoint
    self.scoredRun = scoredRun ?? attempt.run
    self.part = part
    self.memberStates = memberStates
    self.exploration = exploration
  }
}

package enum LogLevel: String, Sendable, CaseIterable, Comparable {
  case debug, info, warning, error

  package static func < (a: Self, b: Self) -> Bool {
    allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
  }
}

/// The way from a run to its worker. All calls return at once.
package protocol RunContext: AnyObject {
  func log(_ level: LogLevel, _ message: String)
  /// Progress: `step` of `total` steps are done, and these are the metrics so far.
  func report(step: Int, of total: Int?, metrics: [String: Double])
  /// True when the time since the last checkpoint has come to the sweep file's `checkpoint.seconds`, or the run is to
  /// stop. Cheap; ask after every step.
  var checkpointDue: Bool { get }
  /// Hands over a checkpoint taken after `step`.
  func checkpoint(step: Int, bytes: [UInt8])
  /// What a run that explores found, before its end.
  func survey(_ survey: Survey)
  /// True when the run is to hand over a checkpoint and throw `RunInterrupted`. Cheap; ask after every step.
  var stopRequested: Bool { get }
}

/// The run stopped because it was asked to; it goes on later from its last checkpoint.
package struct RunInterrupted: Error {
  package init() {}
}
