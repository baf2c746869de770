/// Why a hypernetwork cannot be trained, or go on.
package enum BestResponseError: Error, Hashable, Sendable {
  /// A setting out of its range.
  case badSetting(name: String, found: String, expected: String)
  /// A state of another problem, response or method.
  case wrongState(reason: String)
  /// A loss or a parameter is not finite, or the loss has grown beyond the limit. The step is counted from 1; the part
  /// is where the first number that is not finite lies, or nil where the loss alone shows it.
  case diverged(step: Int, part: String?, reason: String)
}

extension BestResponseError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badSetting(let name, let found, let expected): "\(name) is \(found), expected \(expected)"
    case .wrongState(let reason): "the state does not fit this hypernetwork: \(reason)"
    case .diverged(let step, let part, let reason):
      "the hypernetwork diverged at step \(step)\(part.map { ", in \($0)" } ?? ""): \(reason); try a lower learning rate "
        + "or a narrower region"
    }
  }
}
