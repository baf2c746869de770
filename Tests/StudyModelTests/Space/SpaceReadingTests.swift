import StudyModel
import Testing

@Suite struct SpaceReadingTests {
  private func network(_ space: String) throws -> SearchSpace {
    try SweepConfiguration(
      parsing: #"{"data": {"builtin": "noisy-sine"}, "strategy": {"trials": 1}, "space": \#(space)}"#, fileName: "",
      defaultName: "s"
    ).space
  }

  private func free(_ space: String) throws -> SearchSpace {
    try SweepConfiguration(
      parsing: #"{"objective": {"function": "noop"}, "strategy": {"trials": 1}, "space": \#(space)}"#, fileName: "",
      defaultName: "s"
    ).space
  }

  @Test func theFieldGivesTheType() throws {
    let space = try network(
      #"""
      {"training.epochs": {"range": [1, 64], "scale": "log", "steps": 4}, "training.learningRate": {"range": [1, 2]},
       "training.momentum": {"values": [0, 0.5]}, "model.hidden": {"values": [[], [50]]},
       "model.likelihood.learned": {"values": [true, false]}}
      """#)
    #expect(
      space.dimensions == [
        Dimension("training.epochs", .integer(1...64, log: true, steps: 4)),
        Dimension("training.learningRate", .float(1...2, log: false, steps: nil)),
        Dimension("training.momentum", .values([0.0, 0.5])), Dimension("model.hidden", .values([[], [50]])),
        Dimension("model.likelihood.learned", .values([true, false])),
      ])
  }

  @Test func freeNamesAreFloatsUnlessTheySay() throws {
    let space = try free(
      #"""
      {"a": {"range": [1, 8]}, "b": {"range": [1, 8], "type": "integer"}, "c": {"values": ["x", 1, [2], null]},
       "d": {"range": [0.5, 1], "type": "float", "scale": "linear", "when": {"b": [2, 3.0]}},
       "e.f": {"values": [1], "when": {"c": "x"}}}
      """#)
    #expect(
      space.dimensions == [
        Dimension("a", .float(1...8, log: false, steps: nil)), Dimension("b", .integer(1...8, log: false, steps: nil)),
        Dimension("c", .values(["x", 1, [2], nil])),
        Dimension("d", .float(0.5...1, log: false, steps: nil), when: .init("b", in: [2, 3])),
        Dimension("e.f", .values([1]), when: .init("c", in: ["x"])),
      ])
    #expect(try free(JSONValue.object(space.json).serialized()) == space)
  }

  /// Each element of an array of numbers can be a dimension.
  @Test func elementsOfArrays() throws {
    let space = try network(
      #"""
      {"inference.prior.scales": {"range": [0.1, 10], "scale": "log", "count": 1},
       "inference.prior.scales.1": {"values": [1, 2]}, "model.hidden": {"range": [5, 9], "count": 1}}
      """#)
    let scale = Domain.float(0.1...10, log: true, steps: nil)
    #expect(
      space.dimensions == [
        Dimension("inference.prior.scales.0", scale),
        Dimension("inference.prior.scales.1", .values([1.0, 2.0])),
        Dimension("model.hidden.0", .integer(5...9, log: false, steps: nil)),
      ])
    #expect(try network(JSONValue.object(space.json).serialized()) == space)
  }

  @Test func pointsSurviveJSON() throws {
    let space = try network(#"{"training.momentum": {"values": [0, 0.5]}, "training.learningRate": {"range": [1, 2]}}"#)
    let point = space.point(at: [0, 0])
    let back = try JSONValue(parsing: JSONValue.object(point.values).serialized())
    #expect(back == .object(point.values))
  }
}
