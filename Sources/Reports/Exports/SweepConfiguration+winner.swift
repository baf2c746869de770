package import StudyModel

extension SweepConfiguration {
  /// A sweep file that has one trial: the point. For a network the point is merged into its sections; for a function or
  /// a command every dimension has one value.
  ///
  /// - Throws: when the point does not fit the configuration; one that a strategy proposed for it does.
  package func winner(_ point: Point) throws(ConfigurationError) -> JSONValue {
    var merged = try applying(point)
    // Without a space, only what has a meaning at the point is written.
    if objective.isNetwork { merged.space = SearchSpace() }
    var document = merged.json.object ?? [:]
    document["name"] = .string("\(name)-best")
    document["strategy"] = ["kind": "grid"]
    document["space"] =
      objective.isNetwork
      ? nil : .object(JSONObject(point.values.members.map { .init($0.key, ["values": [$0.value]]) }))
    return .object(document)
  }
}
