extension SweepConfiguration {
  /// The configuration with the values of a point set. Only a network is set up by its configuration: for a function or
  /// a command the point stays beside it, and the configuration is returned as it is.
  ///
  /// - Throws: `ConfigurationError` when a value does not fit its field, or when the point contradicts itself.
  package func applying(_ point: Point) throws(ConfigurationError) -> SweepConfiguration {
    guard objective.isNetwork else { return self }
    var result = self
    var issues: [ConfigurationError.Issue] = []
    for member in point.values.members {
      let path = ConfigurationPath(member.key.split(separator: ".").map { .key(String($0)) })
      guard case .value(let field) = Self.schema.lookup(member.key) else {
        issues.append(.init(path, "no field has this path"))
        continue
      }
      do throws(ValueMismatch) {
        try field.set(member.value, &result)
      } catch {
        issues.append(.init(path.appending(error.place), error.message))
      }
    }
    // Only what the point itself can break; the space is left out, so that the values are taken as they are.
    var merged = result
    merged.space = SearchSpace()
    var check = CrossFieldCheck(configuration: merged, file: [:])
    check.likelihood()
    check.inference()
    issues += check.issues
    // A value that does not fit its field has left the default there.
    if issues.isEmpty { issues = merged.contradictions }
    if !issues.isEmpty { throw ConfigurationError(issues: issues) }
    return result
  }
}
