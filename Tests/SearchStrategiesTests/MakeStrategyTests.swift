import SearchStrategies
import StudyModel
import Testing

@Test func eachKindOfStrategyIsMade() throws {
  var configuration = SweepConfiguration()
  configuration.space = Spaces.mixed
  for kind in SweepConfiguration.Strategy.Kind.allCases {
    configuration.strategy.kind = kind
    var strategy = try makeStrategy(for: configuration)
    let suggestions = try strategy.ask(AskRequest(numbers: 0..<2, asked: [], pending: []))
    #expect(
      suggestions.count == 2
        && suggestions.allSatisfy { Spaces.mixed.contains($0.point) && ($0.note != nil) == strategy.learns })
  }
  configuration.space = Spaces.continuous
  configuration.strategy.kind = .grid
  #expect(throws: StrategyError.self) { try makeStrategy(for: configuration) }
}
