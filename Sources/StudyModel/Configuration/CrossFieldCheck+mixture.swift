import Foundation

extension CrossFieldCheck {
  /// The wide component of a scale mixture must be the wider one, at every point of the space.
  mutating func mixture() {
    let prior = configuration.inference.prior
    let kinds = searched("inference.prior.kind") ?? [.string(prior.kind.rawValue)]
    guard kinds.contains(.string(InferenceConfiguration.Prior.Kind.scaleMixture.rawValue)) else { return }
    let (narrowPath, widePath, scalePath) = (
      "inference.prior.mixture.narrow", "inference.prior.mixture.wide", "inference.prior.scale"
    )
    let narrow = extremes(narrowPath)?.upperBound ?? prior.mixture.narrow
    let wide: Double
    let source: String
    if let value = extremes(widePath)?.lowerBound ?? prior.mixture.wide {
      (wide, source) = (value, isSearched(widePath) ? "the smallest wide in the space" : "wide")
    } else {
      wide = log(extremes(scalePath)?.lowerBound ?? prior.scale)
      source = isSearched(scalePath) ? "ln of the smallest prior.scale in the space" : "ln of prior.scale"
    }
    guard narrow >= wide else { return }
    let which = isSearched(narrowPath) ? "the largest narrow in the space" : "narrow"
    issue(
      "inference.prior.mixture.narrow",
      "\(which) is \(Self.rounded(narrow)), not below \(source), \(Self.rounded(wide)); "
        + "the narrow component comes second"
    )
  }

  /// The smallest and the largest value that a dimension takes.
  private func extremes(_ path: String) -> ClosedRange<Double>? {
    switch configuration.space[path]?.domain {
    case .float(let range, _, _): return range
    case .integer(let range, _, _): return Double(range.lowerBound)...Double(range.upperBound)
    case .values(let values):
      let numbers = values.compactMap(\.double)
      return numbers.isEmpty ? nil : numbers.min()!...numbers.max()!
    case nil: return nil
    }
  }

  private static func rounded(_ value: Double) -> String {
    JSONValue.number((value * 1000).rounded() / 1000).canonical.excerpt
  }
}
