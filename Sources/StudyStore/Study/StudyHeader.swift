package import StudyModel

/// What is fixed when a study begins.
package struct StudyHeader: Hashable, Sendable {
  package var name: String
  /// The sweep file's JSON text, with every default filled in. Only the budget may grow later.
  package var configuration: String
  package var plan: RunPlan
  package var seed: Int
  /// Seconds since 1970.
  package var createdAt: Double

  package init(name: String, configuration: String, plan: RunPlan, seed: Int, createdAt: Double) {
    self.name = name
    self.configuration = configuration
    self.plan = plan
    self.seed = seed
    self.createdAt = createdAt
  }
}

/// Where a study stands, as its coordinator last said.
package struct StudyStatus: Hashable, Sendable {
  package enum Phase: String, Hashable, Sendable, CaseIterable {
    /// A coordinator works on it, or was killed while it did; `StudyLock.holder(of:)` tells which.
    case running
    /// Stopped before the end; the same command resumes it.
    case interrupted
    case finished
    case failed
  }

  package var phase: Phase
  /// Seconds since 1970.
  package var at: Double
  package var message: String?

  package init(_ phase: Phase, at: Double, message: String? = nil) {
    self.phase = phase
    self.at = at
    self.message = message
  }
}

/// An event with its place in the log.
package struct StoredEvent: Hashable, Sendable {
  /// Counts from 1, without gaps.
  package let sequence: Int
  /// Seconds since 1970.
  package let at: Double
  package let event: StudyEvent

  package init(sequence: Int, at: Double, event: StudyEvent) {
    self.sequence = sequence
    self.at = at
    self.event = event
  }
}
