/// Why a search for discrete choices cannot begin, or go on.
package enum RelaxedSearchError: Error, Hashable, Sendable {
  /// A setting out of its range.
  case badSetting(name: String, found: String, expected: String)
  /// A choice that Q does not depend on but through the weights.
  case choiceWithoutGradient(name: String)
  /// A state of another problem or optimiser.
  case wrongState(reason: String)
  /// A loss, a weight or a logit is not finite, or a loss has grown beyond the limit. The step is counted from 1.
  case diverged(step: Int, reason: String)
}

extension RelaxedSearchError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badSetting(let name, let found, let expected): "\(name) is \(found), expected \(expected)"
    case .choiceWithoutGradient(let name):
      "the objective of the search does not depend on the choice of the \(name): search for it by trials, or take the "
        + "evidence for the objective"
    case .wrongState(let reason): "the state does not fit this search: \(reason)"
    case .diverged(let step, let reason):
      "the search for discrete choices diverged at step \(step): \(reason); try a lower learning rate or clipping"
    }
  }
}
