import Foundation
import SearchStrategies
import StudyModel
import Testing

/// A search whose explorations see the truth moved and bent.
@Suite struct HypernetworkStrategyTests {
  private var configuration: SweepConfiguration {
    var result = SweepConfiguration()
    result.data = DataConfiguration()
    result.data?.builtin = .noisySine
    result.space = SearchSpace([
      Dimension("inference.prior.kind", .values(["gaussian", "scale-mixture", "laplace"])),
      Dimension("inference.prior.scale", .float(0.05...2, log: true, steps: nil)),
      Dimension(
        "inference.prior.mixture.narrow", .float(-8 ... -2, log: false, steps: nil),
        when: .init("inference.prior.kind", in: ["scale-mixture"])),
    ])
    result.strategy.kind = .hypernetwork
    result.strategy.trials = 20
    result.seed = 4
    return result
  }

  /// Greatest, 10, for a Gaussian of scale 0.3.
  private func truth(_ point: Point) -> Double {
    let scale = log(point["inference.prior.scale"]?.double ?? 1) - log(0.3)
    let narrow = (point["inference.prior.mixture.narrow"]?.double).map { 0.1 * abs($0 + 5) + 1 } ?? 0
    return 10 - 4 * scale * scale - narrow - (point["inference.prior.kind"] == "laplace" ? 2 : 0)
  }

  private func survey(_ point: Point, _ exploration: Exploration) -> Survey {
    func value(_ coordinates: [Double]) -> Survey.Value {
      var point = point
      for (side, value) in zip(exploration.sides, coordinates) { point.values[side.dimension] = .number(value) }
      // A constant off, and some more away from the middle.
      let bend = 0.3 * pow(log(coordinates[0]), 2)
      return Survey.Value(coordinates, mean: truth(point) - 3 + bend, error: 0.2 + bend)
    }
    let surface = (0..<20).map { index in
      value(
        exploration.sides.enumerated().map { place, side in
          let u = (0.5 + Double(index) * (place == 0 ? 0.618 : 0.755)).truncatingRemainder(dividingBy: 1)
          let (low, high) = (side.range.lowerBound, side.range.upperBound)
          return low > 0 ? low * pow(high / low, u) : low + u * (high - low)
        })
    }
    let best = surface.max { $0.mean < $1.mean } ?? surface[0]
    return Survey(surface: surface, optimum: best, path: [], steps: 1000)
  }

  private struct Trial {
    var suggestion: Suggestion
    var exploration: Exploration?
    var completed: CompletedTrial
  }

  private func run(_ trials: Int, _ configuration: SweepConfiguration) throws -> [Trial] {
    var strategy = try makeStrategy(for: configuration)
    var result: [Trial] = []
    for number in 0..<trials {
      let request = AskRequest(
        numbers: number..<number + 1, asked: result.map(\.suggestion.point), pending: [])
      let suggestion = try #require(try strategy.ask(request).first)
      strategy.decided(Decision(number: number, point: suggestion.point, note: suggestion.note))
      let exploration = suggestion.note?.object?[Exploration.key].flatMap(Exploration.init)
      let completed: CompletedTrial
      if let exploration {
        completed = CompletedTrial(
          number: number, point: suggestion.point, metrics: [:], surveys: [survey(suggestion.point, exploration)])
      } else {
        let value = truth(suggestion.point)
        completed = CompletedTrial(
          number: number, point: suggestion.point,
          metrics: ["elbo": Aggregate(mean: value, standardDeviation: nil, count: 1)], runs: [["elbo": value]])
      }
      strategy.tell([completed])
      result.append(Trial(suggestion: suggestion, exploration: exploration, completed: completed))
    }
    return result
  }

  @Test func itExploresThenVerifiesThenSearches() throws {
    let trials = try run(20, configuration)
    let explorations = trials.prefix { $0.exploration != nil }
    // Of the three families two can be explored, and none twice.
    #expect(explorations.count == 2 && trials.count { $0.exploration != nil } == 2)
    #expect(Set(explorations.map { $0.suggestion.point["inference.prior.kind"] }).count == 2)
    for trial in explorations {
      let kind = trial.suggestion.point["inference.prior.kind"]
      let sides = try #require(trial.exploration).sides.map(\.dimension)
      #expect(kind != "laplace", "its loss has no smooth dependence here")
      #expect(sides.count == (kind == "scale-mixture" ? 2 : 1) && sides[0] == "inference.prior.scale")
    }
    let origins = trials.map { $0.suggestion.note?.object?["from"]?.string }
    #expect(origins[2..<4].allSatisfy { $0 == "verification" } && origins[4...].contains("model"))
    // The optimum that promises most comes first.
    let promised = explorations.compactMap(\.completed.surveys.first?.optimum.mean)
    #expect(trials[2].suggestion.note?.object?["mean"]?.double == promised.max())
    let verified = trials.filter { $0.exploration == nil }.map { truth($0.suggestion.point) }
    #expect(try #require(verified.max()) > 9.95)
  }

  @Test func equalSeedsAreEqualSearches() throws {
    let (a, b) = (try run(12, configuration), try run(12, configuration))
    #expect(a.map(\.suggestion) == b.map(\.suggestion))
    var other = configuration
    other.seed = 5
    #expect(try run(12, other).map(\.suggestion) != a.map(\.suggestion))
  }

  /// What was decided is decided again by a strategy that was told of everything at once.
  @Test func itGoesOnAfterARestart() throws {
    let trials = try run(14, configuration)
    var restored = try makeStrategy(for: configuration)
    for (number, trial) in trials.dropLast().enumerated() {
      restored.decided(Decision(number: number, point: trial.suggestion.point, note: trial.suggestion.note))
    }
    restored.tell(trials.dropLast().map(\.completed))
    let request = AskRequest(numbers: 13..<14, asked: trials.dropLast().map(\.suggestion.point), pending: [])
    #expect(try restored.ask(request) == [trials[13].suggestion])
  }

  /// A larger budget changes nothing of what was decided before.
  @Test func theBudgetMakesNoDifference() throws {
    var larger = configuration
    larger.strategy.trials = 400
    #expect(try run(10, larger).map(\.suggestion) == run(10, configuration).map(\.suggestion))
  }

  @Test func aFailedExplorationIsNoProposal() throws {
    var strategy = try makeStrategy(for: configuration)
    var asked: [Point] = []
    for number in 0..<6 {
      let request = AskRequest(numbers: number..<number + 1, asked: asked, pending: [])
      let suggestion = try #require(try strategy.ask(request).first)
      strategy.decided(Decision(number: number, point: suggestion.point, note: suggestion.note))
      asked.append(suggestion.point)
      #expect(suggestion.note?.object?["from"]?.string != "verification")
      strategy.tell([CompletedTrial(number: number, point: suggestion.point, metrics: [:])])
    }
  }
}
