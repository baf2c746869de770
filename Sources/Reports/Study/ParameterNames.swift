package import StudyModel

/// Short titles for the parameters of a space: as much of the end of each key path as tells it from the others.
/// `inference.prior.scale` is `scale`, unless there is `model.likelihood.scale` too. The place of an element says nothing by
/// itself: `inference.prior.scales.0` is `scales.0`.
package struct ParameterNames: Hashable, Sendable {
  /// In the order of the space.
  package let names: [String]
  private let short: [String: String]

  package init(_ space: SearchSpace) {
    names = space.dimensions.map(\.name)
    let paths = names.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
    var short: [String: String] = [:]
    for (name, path) in zip(names, paths) {
      let length = (1...max(1, path.count)).first { length in
        paths.count { $0.suffix(length) == path.suffix(length) } == 1 && Int(path.suffix(length).first ?? "") == nil
      }
      short[name] = path.suffix(length ?? path.count).joined(separator: ".")
    }
    self.short = short
  }

  package func short(_ name: String) -> String { short[name] ?? name }
}
