extension CrossFieldCheck {
  /// What the strategy and the test functions ask of the space.
  mutating func space() {
    if configuration.strategy.kind == .grid {
      for name in configuration.space.dimensionsWithoutGrid {
        issue(
          ConfigurationPath([.key("space"), .key(name)]),
          "is a continuous range, and a grid needs to know how many points to try; add \"steps\": 5")
      }
    }
    elements()
    enqueuedPoints()
    if let function = configuration.objective.function { inputs(of: function) }
  }

  /// An element of an array can be set at every point of the space only where those before it are there.
  private mutating func elements() {
    guard configuration.objective.isNetwork else { return }
    var arrays: [String: (count: Int, condition: Dimension.Condition?)] = [:]
    for dimension in configuration.space.dimensions {
      let keys = dimension.name.split(separator: ".")
      guard let index = keys.last.flatMap({ Int($0) }) else { continue }
      let name = keys.dropLast().joined(separator: ".")
      let path = ConfigurationPath([.key("space"), .key(dimension.name)])
      var found = 0
      if case .value(let array) = SweepConfiguration.schema.lookup(name) {
        found = array.get(configuration)?.array?.count ?? 0
      }
      var known = arrays[name] ?? (found, nil)
      if index > known.count {
        issue(
          path,
          "\"\(name).\(known.count)\" is not there: give the elements before this one in the file, or as dimensions above"
        )
      } else if index == known.count {
        if known.count > found, known.condition != nil, known.condition != dimension.condition {
          issue(path, "is not there where \"\(name).\(index - 1)\" is not: give it the same \"when\"")
        }
        known = (index + 1, dimension.condition)
      }
      arrays[name] = known
    }
  }

  private mutating func inputs(of function: SweepConfiguration.Objective.Function) {
    let space = configuration.space
    let names: [String]
    switch function {
    case .noop: return
    case .branin: names = ["x1", "x2"]
    case .hartmann6: names = (1...6).map { "x\($0)" }
    case .ackley, .levy: names = (1...max(1, space.count)).map { "x\($0)" }
    case .rosenbrock: names = (1...max(2, space.count)).map { "x\($0)" }
    }
    for name in names where space[name] == nil {
      issue(
        "space", "\(function.rawValue) has the inputs \(names.joined(separator: ", ")), and \"\(name)\" is not here")
    }
    for dimension in space.dimensions {
      let path = ConfigurationPath([.key("space"), .key(dimension.name)])
      if !names.contains(dimension.name) {
        issue(path, "is no input of \(function.rawValue); its inputs are \(names.joined(separator: ", "))")
      } else if case .values(let values) = dimension.domain, let wrong = values.first(where: { $0.double == nil }) {
        issue(path, "an input of \(function.rawValue) is a number, found \(wrong.excerpt)")
      } else if dimension.condition != nil {
        issue(path.appending("when"), "an input of \(function.rawValue) cannot be missing; remove the condition")
      }
    }
  }
}
