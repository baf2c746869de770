import Foundation
import SearchStrategies
import StudyModel
import Testing

/// A search whose explorations see the truth moved and bent.
@Suite struct ExploringStrategyTests {
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
    if exploration.isRelaxed {
      // Of three values the second one is most probable.
      return Survey(
        surface: [], optimum: Survey.Value([], mean: 3), path: [], steps: 10,
        probabilities: exploration.choices.map { _ in [0.1, 0.6, 0.3] })
    }
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
    let explorations = trials.filter { $0.exploration != nil }
    // Of the three families two can be explored, and none twice.
    #expect(explorations.count == 2 && trials[0].exploration != nil && trials[2].exploration != nil)
    #expect(Set(explorations.map { $0.suggestion.point["inference.prior.kind"] }).count == 2)
    for trial in explorations {
      let kind = trial.suggestion.point["inference.prior.kind"]
      let sides = try #require(trial.exploration).sides.map(\.dimension)
      #expect(kind != "laplace", "its loss has no smooth dependence here")
      #expect(sides.count == (kind == "scale-mixture" ? 2 : 1) && sides[0] == "inference.prior.scale")
    }
    let origins = trials.map { $0.suggestion.note?.object?["from"]?.string }
    // What was found is verified before anything else.
    #expect(origins[1] == "verification" && origins[3] == "verification" && origins[4...].contains("model"))
    let promised = explorations.compactMap(\.completed.surveys.first?.optimum.mean)
    #expect(trials[1].suggestion.note?.object?["mean"]?.double == promised.first)
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

  // MARK: Regions

  @Test func wideBoxesAreCutIntoRegions() throws {
    var configuration = configuration
    configuration.space = SearchSpace([Dimension("inference.prior.scale", .float(1e-4...10, log: true, steps: nil))])
    let trials = try run(8, configuration)
    let regions = trials.compactMap { $0.exploration?.sides[0].range }
    // ln 10^5 is 11.5: two regions of half of that, and none wider than 6.
    #expect(regions.count == 2 && regions[0].lowerBound == 1e-4 && regions[1].upperBound == 10)
    let middle = regions[1].lowerBound
    #expect(regions[0].upperBound == middle && abs(middle / 10.0.squareRoot() - 0.01) < 1e-12)
    #expect(trials[1].suggestion.note?.object?["from"]?.string == "verification")
    #expect(trials[3].suggestion.note?.object?["from"]?.string == "verification")
    #expect(try #require(trials.filter { $0.exploration == nil }.map { truth($0.suggestion.point) }.max()) > 9.9)
  }

  @Test func asManyRegionsAsAreAskedFor() throws {
    var configuration = configuration
    configuration.space = SearchSpace([
      Dimension("inference.prior.scale", .float(0.05...2, log: true, steps: nil)),
      Dimension("model.likelihood.scale", .float(0.01...1, log: true, steps: nil)),
    ])
    configuration.strategy.regions = 4
    let boxes = try run(8, configuration).compactMap(\.exploration)
    #expect(boxes.count == 4 && Set(boxes).count == 4)
    // They cover the box: their volumes in logarithms add up to its.
    func volume(_ sides: [Exploration.Side]) -> Double {
      sides.reduce(1) { $0 * log($1.range.upperBound / $1.range.lowerBound) }
    }
    let whole = log(2 / 0.05) * log(100.0)
    #expect(abs(boxes.reduce(0) { $0 + volume($1.sides) } - whole) < 1e-9 * whole)
  }

  // MARK: Descents

  private var descending: SweepConfiguration {
    var result = configuration
    result.space = SearchSpace([Dimension("inference.prior.scale", .float(0.05...2, log: true, steps: nil))])
    result.strategy.kind = .gradient
    return result
  }

  @Test func descentsFromSeveralStarts() throws {
    let trials = try run(5, descending)
    // All of them end at the same place here, which is verified once; then come other starts.
    #expect(trials[1].suggestion.note?.object?["from"]?.string == "verification")
    #expect(truth(trials[1].suggestion.point) > 9.9)
    let starts = [0, 2, 3, 4].compactMap { trials[$0].suggestion.point["inference.prior.scale"]?.double }.sorted()
    #expect(trials.count { $0.exploration != nil } == 4 && starts.count == 4)
    // The box is 3.7 wide in logarithms.
    for (a, b) in zip(starts, starts.dropFirst()) { #expect(log(b / a) > 0.12 * 3.6, "\(starts)") }
  }

  @Test func descentsStartFromWhatIsToBeTriedFirst() throws {
    var configuration = descending
    configuration.strategy.enqueue = [["inference.prior.scale": 0.07], ["inference.prior.scale": 1.7]]
    configuration.strategy.explorations = 3
    let trials = try run(7, configuration)
    #expect(trials.prefix(2).allSatisfy { $0.exploration == nil })
    let starts = trials.filter { $0.exploration != nil }.compactMap {
      $0.suggestion.point["inference.prior.scale"]?.double
    }
    #expect(starts.count == 3 && starts[0] == 0.07 && starts[1] == 1.7)
    #expect(trials[6].suggestion.note?.object?["from"]?.string != "exploration", "as many descents as were asked for")
  }

  // MARK: Relaxed choices

  @Test func aRelaxedChoiceIsVerifiedAndLedOnFrom() throws {
    var configuration = descending
    configuration.space = SearchSpace([
      Dimension("inference.prior.kind", .values(["laplace", "gaussian", "scale-mixture"])),
      Dimension("inference.prior.scale", .float(0.05...2, log: true, steps: nil)),
      Dimension(
        "inference.prior.mixture.narrow", .float(-8 ... -2, log: false, steps: nil),
        when: .init("inference.prior.kind", in: ["scale-mixture"])),
    ])
    configuration.strategy.relax = true
    configuration.strategy.explorations = 1
    let trials = try run(5, configuration)
    let relaxed = try #require(trials[0].exploration)
    #expect(relaxed.isRelaxed && relaxed.choices.map(\.dimension) == ["inference.prior.kind"])
    // The two most probable families are trained for real, with all that they need, before anything else.
    let verified = trials[1...2]
    #expect(verified.allSatisfy { $0.suggestion.note?.object?["from"]?.string == "verification" })
    let families = Set(verified.compactMap { $0.suggestion.point["inference.prior.kind"]?.string })
    #expect(families == ["gaussian", "scale-mixture"], "\(verified.map(\.suggestion.point))")
    // The descent is in the better one of them.
    #expect(trials[3].exploration?.sides.map(\.dimension) == ["inference.prior.scale"])
    #expect(trials[3].suggestion.point["inference.prior.kind"] == "gaussian")
    for trial in verified { #expect(configuration.space.contains(trial.suggestion.point)) }
  }

  // MARK: Several workers

  /// While an exploration runs and none is left to be made, it waits: the budget is for verifying.
  @Test func itWaitsForAnExplorationThatRuns() throws {
    var configuration = configuration
    configuration.space = SearchSpace([Dimension("inference.prior.scale", .float(0.05...2, log: true, steps: nil))])
    var strategy = try makeStrategy(for: configuration)
    let first = try #require(try strategy.ask(AskRequest(numbers: 0..<1, asked: [], pending: [])).first)
    strategy.decided(Decision(number: 0, point: first.point, note: first.note))
    let request = AskRequest(
      numbers: 1..<2, asked: [first.point], pending: [PendingTrial(number: 0, point: first.point)])
    #expect(try strategy.ask(request).isEmpty)
    let exploration = try #require(first.note?.object?[Exploration.key].flatMap(Exploration.init))
    strategy.tell([
      CompletedTrial(number: 0, point: first.point, metrics: [:], surveys: [survey(first.point, exploration)])
    ])
    let second = try strategy.ask(AskRequest(numbers: 1..<2, asked: [first.point], pending: [])).first
    #expect(second?.note?.object?["from"]?.string == "verification")
  }

  /// Of four trials two may explore at a time.
  @Test(arguments: [4, 40]) func noMoreDescentsThanCanBeVerified(budget: Int) throws {
    var configuration = descending
    configuration.strategy.trials = budget
    var strategy = try makeStrategy(for: configuration)
    var asked: [Point] = []
    while asked.count < 3 {
      let pending = asked.enumerated().map { PendingTrial(number: $0.offset, point: $0.element) }
      let request = AskRequest(numbers: asked.count..<asked.count + 1, asked: asked, pending: pending)
      guard let suggestion = try strategy.ask(request).first else { break }
      strategy.decided(Decision(number: asked.count, point: suggestion.point, note: suggestion.note))
      asked.append(suggestion.point)
    }
    #expect(asked.count == (budget == 4 ? 2 : 3))
  }

  @Test func explorationsThatAllFailAreGivenUp() throws {
    var strategy = try makeStrategy(for: descending)
    var asked: [Point] = []
    var explorations = 0
    for number in 0..<6 {
      let request = AskRequest(numbers: number..<number + 1, asked: asked, pending: [])
      let suggestion = try #require(try strategy.ask(request).first)
      strategy.decided(Decision(number: number, point: suggestion.point, note: suggestion.note))
      asked.append(suggestion.point)
      if suggestion.note?.object?[Exploration.key] != nil { explorations += 1 }
      strategy.tell([CompletedTrial(number: number, point: suggestion.point, metrics: [:])])
    }
    #expect(explorations == 3)
  }
}
