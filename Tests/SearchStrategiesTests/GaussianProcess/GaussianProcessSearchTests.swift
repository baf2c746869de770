import Foundation
import SearchStrategies
import StudyModel
import Testing

@Suite struct GaussianProcessSearchTests {
  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private static let square = SearchSpace([
    Dimension("x", .float(-5...10, log: false, steps: nil)), Dimension("rate", .float(1e-4...1, log: true, steps: nil)),
  ])

  private static func bowl(_ point: Point) -> Double {
    let (x, r) = (point.number("x") - 7.3, log10(point.number("rate")) + 1.2)
    return x * x / 25 + r * r + 0.3 * x * r / 5
  }

  @Test func `the lowest point of a bowl is found far better than by chance`() throws {
    let (model, chance) = try (0..<3).reduce(into: ([Double](), [Double]())) { regrets, seed in
      regrets.0.append(try Search(Self.square, seed: seed).run(25, value: Self.bowl).best)
      var random = RandomStrategy(space: Self.square, seed: seed)
      let points = random.ask(AskRequest(numbers: 0..<25, asked: [], pending: [])).map(\.point)
      regrets.1.append(points.map(Self.bowl).min()!)
    }
    #expect(median(model) < 1e-5 && median(model) < median(chance) / 1000, "\(model) and \(chance)")
  }

  @Test func `what is to be greatest is made great`() throws {
    var search = Search(Self.square)
    search.configuration.objective.goal = .maximize
    let trials = try search.run(25) { -Self.bowl($0) }
    #expect(trials.compactMap(\.value).max()! > -1e-4)
  }

  @Test func `four workers come nearly as far with the same trials`() throws {
    var search = Search(Self.square)
    search.workers = 4
    let trials = try search.run(32, value: Self.bowl)
    #expect(trials.areDistinct(in: Self.square) && trials.best < 1e-4, "\(trials.best)")
  }

  @Test(arguments: SweepConfiguration.Strategy.Acquisition.allCases, 0..<3)
  func `what is running is not tried again beside it`(
    _ acquisition: SweepConfiguration.Strategy.Acquisition, _ seed: Int
  ) throws {
    var search = Search(Self.square, seed: seed)
    search.configuration.strategy.acquisition = acquisition
    var strategy = try makeStrategy(for: search.configuration)
    let design = try strategy.ask(AskRequest(numbers: 0..<6, asked: [], pending: [])).map(\.point)
    strategy.tell(
      design.enumerated().map { number, point in
        let outcome = Aggregate(mean: Self.bowl(point), standardDeviation: nil, count: 1)
        return CompletedTrial(number: number, point: point, metrics: ["value": outcome])
      })
    var (asked, pending) = (design, [PendingTrial]())
    for number in 6..<9 {
      let request = AskRequest(numbers: number..<number + 1, asked: asked, pending: pending)
      let point = try #require(try strategy.ask(request).first?.point)
      let here = Self.square.coordinates(of: point)
      for trial in pending {
        let apart = zip(here, Self.square.coordinates(of: trial.point)).map { abs($0 - $1) }.max() ?? 0
        #expect(apart > 0.005, "trials \(trial.number) and \(number): \(apart)")
      }
      pending.append(PendingTrial(number: number, point: point))
      asked.append(point)
    }
  }

  @Test(arguments: SweepConfiguration.Strategy.Acquisition.allCases, SweepConfiguration.Strategy.Kernel.allCases)
  func `every acquisition function and kernel finds the place`(
    _ acquisition: SweepConfiguration.Strategy.Acquisition, _ kernel: SweepConfiguration.Strategy.Kernel
  ) throws {
    var search = Search(Self.square)
    search.configuration.strategy.acquisition = acquisition
    search.configuration.strategy.kernel = kernel
    let trials = try search.run(25, value: Self.bowl)
    #expect(trials.areDistinct(in: Self.square) && trials.best < 0.01, "\(trials.best)")
    #expect(trials.count { $0.origin == "model" } >= 18)
  }

  /// A chain of kinds, each with numbers of its own.
  private static let branches = SearchSpace([
    Dimension("kind", .values(["a", "b"])),
    Dimension("of a", .float(0...1, log: false, steps: nil), when: .init("kind", in: ["a"])),
    Dimension("of b", .float(1e-3...1, log: true, steps: nil), when: .init("kind", in: ["b"])),
    Dimension("too", .integer(1...8, log: false, steps: nil), when: .init("kind", in: ["b"])),
  ])

  private static func branched(_ point: Point, better: String) -> Double {
    let kind = point["kind"]?.string
    let offset = kind == better ? 0 : 0.5
    if kind == "a" { return offset + pow(point.number("of a") - 0.73, 2) }
    return offset + pow(log10(point.number("of b")) + 1.7, 2) / 4 + pow(point.number("too") - 6, 2) / 30
  }

  @Test(arguments: ["a", "b"]) func `the best point of the better branch is found`(_ better: String) throws {
    let trials = try Search(Self.branches).run(36) { Self.branched($0, better: better) }
    #expect(trials.areDistinct(in: Self.branches))
    #expect(trials.bestPoint?["kind"]?.string == better && trials.best < 1e-3, "\(trials.best)")
  }

  @Test func `whole numbers and categories are searched`() throws {
    let space = SearchSpace([
      Dimension("kind", .values(["p", "q", "r", "s"])), Dimension("n", .integer(1...30, log: false, steps: nil)),
      Dimension("units", .integer(1...512, log: true, steps: nil)),
      Dimension("batch", .values([64, 16, 128, 32, 256])),
    ])
    let trials = try Search(space).run(45) { point in
      let costs: [String: Double] = ["p": 0.4, "q": 0.2, "r": 0, "s": 0.7]
      let wrong = point["kind"]?.string.flatMap { costs[$0] } ?? 9
      let n = (point.number("n") - 22) / 15
      let units = log2(point.number("units") / 64) / 5
      let batch = log2(point.number("batch") / 32) / 3
      return [n, units, batch].reduce(wrong) { $0 + $1 * $1 }
    }
    #expect(trials.areDistinct(in: space))
    #expect(trials.best < 0.01, "\(trials.best)")
  }

  @Test func `a small space is searched whole, the best point early`() throws {
    let space = SearchSpace([
      Dimension("n", .integer(1...6, log: false, steps: nil)), Dimension("kind", .values(["p", "q"])),
    ])
    let trials = try Search(space, startup: 3).run(20) { abs($0.number("n") - 5) + ($0["kind"] == "q" ? 1 : 0) }
    #expect(trials.count == 12 && trials.areDistinct(in: space))
    #expect(trials.firstIndex { $0.value == 0 }! < 9)
  }

  private static let acquisitions = [
    SweepConfiguration.Strategy.Acquisition.logNoisyExpectedImprovement, .upperConfidenceBound, .thompsonSampling,
  ]

  /// Twenty times the seconds are 3 on the scale of logarithms, which no difference of outcomes in standard deviations is.
  @Test(arguments: acquisitions) func `an expensive optimum is found where every second counts`(
    _ acquisition: SweepConfiguration.Strategy.Acquisition
  ) throws {
    let space = SearchSpace([
      Dimension("x", .float(0...1, log: false, steps: nil)), Dimension("size", .float(0...1, log: false, steps: nil)),
    ])
    var search = Search(space)
    search.configuration.strategy.perSecond = true
    search.configuration.strategy.acquisition = acquisition
    let trials = try search.run(30, seconds: { exp(3 * $0.number("size")) }) { point in
      pow(point.number("x") - 0.3, 2) + pow(point.number("size") - 0.9, 2)
    }
    #expect(trials.best < 1e-3, "\(trials.best)")
  }

  @Test(arguments: 0..<3, acquisitions)
  func `the half of a space that fails is left alone`(
    _ seed: Int, _ acquisition: SweepConfiguration.Strategy.Acquisition
  ) throws {
    let space = Spaces.cube(2)
    var search = Search(space, seed: seed)
    search.configuration.strategy.acquisition = acquisition
    let trials = try search.run(40) { point in
      point.number("x0") > 0.6 ? nil : pow(point.number("x0") - 0.25, 2) + pow(point.number("x1") - 0.4, 2)
    }
    #expect(trials.areDistinct(in: space))
    #expect(trials.suffix(30).count { $0.value == nil } <= 5, "\(trials.suffix(30).count { $0.value == nil })")
    #expect(trials.best < 1e-4, "\(trials.best)")
  }

  @Test(arguments: 0..<3, acquisitions)
  func `an optimum beside what fails is found without going far into it`(
    _ seed: Int, _ acquisition: SweepConfiguration.Strategy.Acquisition
  ) throws {
    let space = Spaces.cube(2)
    var search = Search(space, seed: seed)
    search.configuration.strategy.acquisition = acquisition
    let trials = try search.run(40) { point in
      point.number("x0") > 0.6 ? nil : 1 - point.number("x0") + pow(point.number("x1") - 0.4, 2)
    }
    #expect(trials.areDistinct(in: space))
    #expect(trials.suffix(30).count { $0.point.number("x0") > 0.7 } <= 5)
    #expect(trials.best < 0.41, "\(trials.best)")
  }

  @Test(arguments: acquisitions)
  func `of two halves of equal value the cheap one is searched`(
    _ acquisition: SweepConfiguration.Strategy.Acquisition
  ) throws {
    let space = SearchSpace([
      Dimension("x", .float(0...1, log: false, steps: nil)), Dimension("size", .float(0...1, log: false, steps: nil)),
    ])
    func cheap(perSecond: Bool) throws -> Int {
      var search = Search(space)
      search.configuration.strategy.perSecond = perSecond
      search.configuration.strategy.acquisition = acquisition
      let trials = try search.run(24, seconds: { exp(5 * $0.number("size")) }) { sin(9 * $0.number("x")) }
      return trials.filter { $0.origin == "model" }.count { $0.point.number("size") < 0.5 }
    }
    let (with, without) = (try cheap(perSecond: true), try cheap(perSecond: false))
    #expect(with >= 14 && with > without, "\(with) and \(without)")
  }

  @Test func `replicates go on where no new point is left`() throws {
    let space = SearchSpace([Dimension("n", .integer(1...4, log: false, steps: nil))])
    var search = Search(space, startup: 2)
    #expect(try search.run(20) { $0.number("n") }.count == 4)
    search.configuration.strategy.replicates = true
    var calls = 0
    let trials = try search.run(20) { point in
      calls += 1
      return point.number("n") + 0.5 * sin(Double(calls) * 77)
    }
    #expect(trials.count == 20 && trials.allSatisfy { space.contains($0.point) })
    // They are spent on what may be the best.
    #expect(trials.count { $0.point.number("n") == 1 } > 7)
  }

  @Test func `points of a user come first, and are learned from`() throws {
    var search = Search(Self.square, startup: 1)
    search.configuration.strategy.enqueue = [["x": 7, "rate": 0.05], ["x": 8, "rate": 0.07], ["x": 7, "rate": 0.2]]
    let trials = try search.run(12, value: Self.bowl)
    #expect(trials[0].point.number("x") == 7 && trials[2].point.number("rate") == 0.2)
    #expect(trials[3...].allSatisfy { $0.origin == "model" })
    #expect(trials.best < 0.01)
  }
}
