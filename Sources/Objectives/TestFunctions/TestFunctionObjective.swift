package import StudyModel

/// Evaluates a test function at a point with the dimensions x1, x2, ... . Its one metric is "value".
package final class TestFunctionObjective: Objective {
  private let function: any TestFunction.Type
  private let names: [String]

  /// - Throws: `ObjectiveError` when the space is not x1 ... xd with a d that the function has.
  package init(_ configuration: SweepConfiguration, _ function: any TestFunction.Type) throws(ObjectiveError) {
    self.function = function
    let names = configuration.space.dimensions.map(\.name)
    let wanted = (0..<max(function.dimensions ?? names.count, 1)).map { "x\($0 + 1)" }
    guard Set(names) == Set(wanted) else {
      throw ObjectiveError(
        "space: \(configuration.objective.function?.rawValue ?? "the function") is a function of "
          + "\(function.dimensions == nil ? "x1, x2, ..." : wanted.joined(separator: ", ")); "
          + "found \(names.isEmpty ? "no dimensions" : names.joined(separator: ", "))")
    }
    try checkMetric(configuration)
    self.names = wanted
  }

  package func run(_ assignment: RunAssignment, context: any RunContext) throws -> [String: Double] {
    var x: [Double] = []
    for name in names {
      guard let value = assignment.point[name]?.double else {
        throw ObjectiveError("\(name) is no number in this point; a test function needs every dimension everywhere")
      }
      x.append(value)
    }
    return ["value": function.value(x)]
  }
}

/// Does nothing, as fast as it can be done, for measuring everything else. Its "value" is the sum of the point's
/// numbers, so that lost and doubled runs can be told.
package final class NoopObjective: Objective {
  package init(_ configuration: SweepConfiguration) throws(ObjectiveError) {
    try checkMetric(configuration)
  }

  package func run(_ assignment: RunAssignment, context: any RunContext) -> [String: Double] {
    ["value": assignment.point.values.members.reduce(0) { $0 + ($1.value.double ?? 0) }]
  }
}

private func checkMetric(_ configuration: SweepConfiguration) throws(ObjectiveError) {
  guard configuration.objective.metric == "value" else {
    throw ObjectiveError(
      "objective.metric: a test function's metric is \"value\", found \"\(configuration.objective.metric)\"")
  }
}
