package import StudyModel

/// The prior of one point in words, where the prior was searched: `scale-mixture, scale 0.42, narrow -6.1`.
///
/// - Returns: nil when no dimension of the space is a part of the prior.
package func priorText(of point: Point, space: SearchSpace, configuration: SweepConfiguration) -> String? {
  let prefix = "inference.prior."
  let names = space.dimensions.map(\.name).filter { $0.hasPrefix(prefix) }
  guard !names.isEmpty else { return nil }
  let kind = point[prefix + "kind"].map { text(of: $0) } ?? configuration.inference.prior.kind.rawValue
  let parameters = names.compactMap { name -> String? in
    guard name != prefix + "kind", let value = point[name] else { return nil }
    let path = name.split(separator: ".")
    // The place of an element says nothing by itself.
    return "\(path.suffix(Int(path.last ?? "") == nil ? 1 : 2).joined(separator: ".")) \(text(of: value))"
  }
  return ([kind] + parameters).joined(separator: ", ")
}
