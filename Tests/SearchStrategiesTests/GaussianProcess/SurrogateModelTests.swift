import SearchStrategies
import StudyModel
import Tensors
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

  /// Trials of a plane with noise of a known size, of which the runs of a trial tell or do not tell.
  @Test(arguments: [1, 4]) func `the outcome of a trial is as uncertain as it was said to be`(runs: Int) throws {
    let space = SearchSpace([
      Dimension("x", .float(0...1, log: false, steps: nil)), Dimension("y", .float(0...1, log: false, steps: nil)),
    ])
    var configuration = SweepConfiguration()
    configuration.space = space
    configuration.strategy.kind = .gaussianProcess
    configuration.objective.function = .noop
    configuration.objective.metric = "value"
    configuration.objective.goal = .maximize
    var strategy = GaussianProcessStrategy(configuration)
    var sample = RandomStrategy(space: space, seed: 3)
    let points = sample.ask(AskRequest(numbers: 0..<40, asked: [], pending: [])).map(\.point)
    let noise = Vector<Double>.normal(RandomKey(seed: 7), count: 40 * runs).array.map {
      0.5 * Double(runs).squareRoot() * $0
    }
    strategy.tell(
      points.enumerated().map { number, point in
        let values = (0..<runs).map { 3 * (point["x"]?.double ?? 0) + noise[number * runs + $0] }
        return CompletedTrial(
          number: number, point: point, metrics: ["value": Aggregate(of: values)], runs: values.map { ["value": $0] })
      })
    let note = strategy.ask(AskRequest(numbers: 40..<41, asked: points, pending: []))[0].note?.object
    let (mean, deviation) = (try #require(note?["mean"]?.double), try #require(note?["standardDeviation"]?.double))
    let outcome = try #require(note?["outcomeStandardDeviation"]?.double)
    // Of the mean of the runs the noise is a half in both cases.
    #expect((0.38...0.75).contains(outcome) && deviation < 0.8 * outcome, "\(outcome) and \(deviation)")
    #expect((2...4).contains(mean))
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
