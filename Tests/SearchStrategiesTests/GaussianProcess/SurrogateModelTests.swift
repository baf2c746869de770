import SearchStrategies
import StudyModel
import Testing

@Suite struct SurrogateModelTests {
  private static let space = SearchSpace([
    Dimension("x", .float(-1...1, log: false, steps: nil)), Dimension("y", .float(-1...1, log: false, steps: nil)),
    Dimension("kind", .values(["a", "b"])),
  ])

  private static func trial(_ number: Int, _ point: Point) -> CompletedTrial {
    let (x, y) = (point["x"]?.double ?? 0, point["y"]?.double ?? 0)
    let runs = [-0.1, 0.1].map { ["value": x * x + y * y * x + (point["kind"] == "a" ? 0.2 : 0) + $0 * x] }
    let aggregate = Aggregate(of: runs.compactMap { $0["value"] })
    return CompletedTrial(number: number, point: point, metrics: ["value": aggregate], runs: runs)
  }

  /// Past the fiftieth trial most decisions keep the fit, and append what is new to the model of the decision before. A
  /// strategy that has no such model, because it was just restored, has to come to the same points and notes.
  @Test func `a model that was appended to is the one that is built anew, to the last bit`() throws {
    var configuration = SweepConfiguration()
    configuration.space = Self.space
    configuration.strategy.kind = .gaussianProcess
    configuration.objective.function = .noop
    configuration.objective.metric = "value"
    configuration.objective.goal = .minimize
    var running = GaussianProcessStrategy(configuration)
    let start = RandomStrategy(space: Self.space, seed: 1)
    var points = {
      var start = start; return start.ask(AskRequest(numbers: 0..<51, asked: [], pending: [])).map(\.point)
    }()
    var decisions = points.enumerated().map { Decision(number: $0, point: $1, note: nil) }
    for decision in decisions { running.decided(decision) }
    running.tell(points.enumerated().map { Self.trial($0, $1) })
    var fits = 0
    for number in 51..<60 {
      let request = AskRequest(numbers: number..<number + 1, asked: points, pending: [])
      let suggestion = running.ask(request)[0]
      var restored = GaussianProcessStrategy(configuration)
      for decision in decisions { restored.decided(decision) }
      restored.tell(points.enumerated().map { Self.trial($0, $1) })
      #expect(restored.ask(request) == [suggestion], "trial \(number)")
      if suggestion.note?.object?["fit"] != nil { fits += 1 }
      let decision = Decision(number: number, point: suggestion.point, note: suggestion.note)
      running.decided(decision)
      running.tell([Self.trial(number, suggestion.point)])
      decisions.append(decision)
      points.append(suggestion.point)
    }
    #expect((1...4).contains(fits), "\(fits) of 9 decisions fitted the model")
  }
}
