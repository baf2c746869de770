extension CrossFieldCheck {
  mutating func strategy() {
    let strategy = configuration.strategy
    if strategy.kind != .grid, strategy.trials == nil, given("strategy.trials") == nil {
      issue("strategy.trials", "is missing; say how many trials there are to be: \"trials\": 40")
    }
    for (keys, kinds) in SweepConfiguration.Strategy.keysOfKinds where !kinds.contains(strategy.kind) {
      for key in keys where given("strategy")?.object?[key] != nil {
        let names = kinds.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        issue(
          ConfigurationPath([.key("strategy"), .key(key)]),
          "belongs to \"kind\": \(names), and this one is \"\(strategy.kind.rawValue)\"; remove it")
      }
    }
    if strategy.kind.explores { exploration() }
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
      check(values, path)
    }
  }

  private mutating func check(_ values: JSONObject, _ path: ConfigurationPath) {
    var point = Point()
    var faulty: Set<String> = []
    for dimension in configuration.space.dimensions {
      let path = path.appending(dimension.name)
      // Whether it exists is not known where what it hangs on has a fault.
      if let condition = dimension.condition, faulty.contains(condition.name) {
        faulty.insert(dimension.name)
        continue
      }
      guard dimension.isActive(at: point) else {
        if values[dimension.name] != nil {
          issue(path, "does not exist at this point\(why(dimension, point)); remove it")
        }
        continue
      }
      if let member = values[dimension.name].flatMap({ dimension.domain.member(equalTo: $0) }) {
        point.values.members.append(.init(dimension.name, member))
        continue
      }
      faulty.insert(dimension.name)
      if let value = values[dimension.name] {
        issue(path, "expected \(dimension.domain.expectation), found \(value.excerpt)")
      } else {
        issue(path, "is missing; a point has a value for each dimension: \(dimension.domain.expectation)")
      }
    }
  }

  /// `, where inference.prior.kind is "gaussian"`
  private func why(_ dimension: Dimension, _ point: Point) -> String {
    guard let name = dimension.condition?.name, let value = point[name] else { return "" }
    return ", where \(name) is \(value.excerpt)"
  }
}

extension Domain {
  /// What a value has to be, in words.
  fileprivate var expectation: String {
    switch self {
    case .values(let values):
      let words = values.map(\.canonical.excerpt)
      return words.count == 1 ? words[0] : "one of \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")"
    case .float(let range, _, _):
      let bounds = [range.lowerBound, range.upperBound].map { JSONValue.number($0).canonical.excerpt }
      return "a number from \(bounds[0]) to \(bounds[1])"
    case .integer(let range, _, _): return "a whole number from \(range.lowerBound) to \(range.upperBound)"
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
