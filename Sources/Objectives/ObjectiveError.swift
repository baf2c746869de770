/// Why a run failed, or why every run of a study would: what was expected, what was found, and what to do about it.
package struct ObjectiveError: Error, Sendable, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) {
    self.description = description
  }
}
