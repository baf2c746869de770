import StudyModel

/// When a strategy that learns is asked: when a slot is free, or ahead of that, while all slots train.
///
/// A suggestion that is asked for at a free slot has seen every result there is, but the slot waits for it. One that
/// was prepared costs no wait, and misses the result that made the slot free: as if one more worker were in parallel.
/// So suggestions are prepared only where the wait would be felt. With a the mean time of an ask and w the mean
/// slot-seconds of work in a trial:
///
/// - One slot in all: never. A decision sees the results of all trials before it, and equal seeds give equal sweeps.
/// - Each ask stops one slot for a, or as many as the runs of a trial would fill: ask afresh while that is no more than
///   2 % of w. A wait of 5 % in all is the bound; storing and sending take their part.
/// - The strategy is busy a fraction a slots / w of the time. Above 0.4, slots that become free one soon after the
///   other have to queue: with 4 slots, trials of 1 s that vary by a fifth and asks of 0.18 s, in a simulation, slots
///   wait 18 % of the time afresh, 5.5 % with one suggestion prepared, and 0.7 % with two.
package struct AskPacing: Hashable, Sendable {
  private var askSeconds: Double?
  private var workSeconds: Double?
  private static let tolerance = 0.02
  private static let busy = 0.4
  /// The share of the newest value in the moving means.
  private static let share = 0.2

  package init() {}

  package mutating func asked(seconds: Double) {
    // One slow ask is enough to go ahead of the slots.
    askSeconds = askSeconds.map { max($0 + Self.share * (seconds - $0), seconds) } ?? seconds
  }

  /// - Parameter seconds: the time of all runs of a trial that is done, together.
  package mutating func completed(seconds: Double) {
    workSeconds = workSeconds.map { $0 + Self.share * (seconds - $0) } ?? seconds
  }

  /// Trials that fail say little of how long one takes.
  mutating func completed(_ trials: [CompletedTrial]) {
    for trial in trials where !trial.metrics.isEmpty { trial.seconds.map { completed(seconds: $0) } }
  }

  /// How many suggestions shall lie ready while no slot is free.
  package func ahead(slots: Int, runsPerTrial: Int) -> Int {
    guard slots > 1, let askSeconds, let workSeconds else { return 0 }
    if askSeconds * Double(slots) > Self.busy * workSeconds { return 2 }
    return askSeconds * Double(min(slots, runsPerTrial)) > Self.tolerance * workSeconds ? 1 : 0
  }
}
