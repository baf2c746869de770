extension CrossFieldCheck {
  mutating func strategy() {
    let strategy = configuration.strategy
    if strategy.kind != .grid, strategy.trials == nil, given("strategy.trials") == nil {
      issue("strategy.trials", "is missing; say how many trials there are to be: \"trials\": 40")
    }
    if strategy.kind != .gaussianProcess {
      // A configuration that was written out again has all keys, with their defaults.
      let defaults = SweepConfiguration.Strategy.schema.write(SweepConfiguration.Strategy())
      for key in SweepConfiguration.Strategy.gaussianProcessKeys {
        guard let value = given("strategy")?.object?[key], value != defaults[key] else { continue }
        issue(
          ConfigurationPath([.key("strategy"), .key(key)]),
          "belongs to \"kind\": \"gaussian-process\", and this one is \"\(strategy.kind.rawValue)\"; remove it")
      }
    }
  }

  /// Whether the points that are to be tried first are points of the space.
  mutating func enqueuedPoints() {
    let space = configuration.space
    for (index, json) in configuration.strategy.enqueue.enumerated() {
      let path = ConfigurationPath([.key("strategy"), .key("enqueue"), .index(index)])
      guard let values = json.object else { continue }
      for member in values.members where space[member.key] == nil {
        let hint = Spelling.hint(for: member.key, in: space.dimensions.map(\.name))
        issue(path.appending(member.key), "is no dimension of the space\(hint)")
      }
      var point = Point()
      for dimension in space.dimensions {
        let path = path.appending(dimension.name)
        guard dimension.isActive(at: point) else {
          if values[dimension.name] != nil { issue(path, "does not exist at this point; remove it") }
          continue
        }
        guard let value = values[dimension.name] else {
          issue(path, "is missing; a point has a value for each dimension")
          continue
        }
        guard let member = dimension.domain.member(equalTo: value) else {
          issue(path, "expected \(dimension.domain.summary), found \(value.excerpt)")
          continue
        }
        point.values.members.append(.init(dimension.name, member))
      }
    }
  }
}

extension SweepConfiguration {
  /// The points that are tried first, each in the form in which its domains give it.
  package var enqueuedPoints: [Point] {
    strategy.enqueue.compactMap(\.object).map { values in
      space.point { _, dimension in
        let value = values[dimension.name] ?? .null
        return dimension.domain.member(equalTo: value) ?? value
      }
    }
  }
}
