import HPSearchTesting
import SearchStrategies
import StudyModel
import Testing

@Suite struct ConformanceTests {
  static let names = Spaces.all.map(\.0)

  private func space(_ name: String) -> SearchSpace { Spaces.all.first { $0.0 == name }!.1 }

  @Test(arguments: names) func random(_ name: String) throws {
    let space = space(name)
    #expect(try checkStrategy(on: space) { RandomStrategy(space: space, seed: 3) } == [])
  }

  @Test(arguments: names) func sobol(_ name: String) throws {
    let space = space(name)
    #expect(try checkStrategy(on: space) { SobolStrategy(space: space, seed: 3) } == [])
  }

  @Test(arguments: names.filter { $0 != "continuous" }) func grid(_ name: String) throws {
    let space = space(name)
    #expect(try checkStrategy(on: space) { try GridStrategy(space: space) } == [])
  }

  @Test(arguments: names) func learning(_ name: String) throws {
    let space = space(name)
    #expect(try checkStrategy(on: space) { LearningStrategy(space: space, seed: 3) } == [])
  }

  /// The suite itself must find what is wrong.
  @Test func findsFaults() throws {
    let space = Spaces.discrete
    let broken = try checkStrategy(on: space) { Faulty(inner: RandomStrategy(space: space, seed: 3)) }
    for rule in ["asking twice", "number of workers", "no point is asked twice", "restart", "dropped"] {
      #expect(broken.contains { $0.contains(rule) }, "\(rule) is not among \(broken)")
    }
  }
}

/// Counts its calls, looks at the workers, and repeats itself.
private struct Faulty: SearchStrategy {
  var inner: RandomStrategy
  var calls = 0
  var learns: Bool { false }
  var size: Int? { nil }

  mutating func tell(_ completed: [CompletedTrial]) {}

  mutating func ask(_ request: AskRequest) -> [Suggestion] {
    calls += 1
    let start = calls + request.pending.count
    return inner.ask(AskRequest(numbers: start..<start + request.numbers.count, asked: [], pending: []))
  }
}
