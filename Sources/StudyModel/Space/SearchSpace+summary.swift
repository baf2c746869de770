extension SearchSpace {
  /// One line for each dimension: its name, its domain, and when it exists. The names have one width.
  package var summary: [String] {
    let width = dimensions.map(\.name.count).max() ?? 0
    return dimensions.map { dimension in
      let name = dimension.name + String(repeating: " ", count: width - dimension.name.count)
      let condition = dimension.condition.map { condition in
        "; when \(condition.name) is \(condition.values.map(\.canonical.excerpt).joined(separator: " or "))"
      }
      return "\(name)  \(dimension.domain.summary)\(condition ?? "")"
    }
  }
}
