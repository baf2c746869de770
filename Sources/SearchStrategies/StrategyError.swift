/// A strategy that cannot work on a space.
package enum StrategyError: Error, Hashable, Sendable {
  case noGrid(dimensions: [String])
}

extension StrategyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noGrid(let names):
      "a grid needs to know how many points to try of \(names.joined(separator: ", ")); add \"steps\": 5"
    }
  }
}
