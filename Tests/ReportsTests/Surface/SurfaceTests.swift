import Foundation
import Reports
import StudyModel
import Testing

@Suite struct SurfaceTests {
  /// The evidence of a made-up model: best at scale 0.4 and noise 0.1, far down at the edges.
  private static func evidence(_ scale: Double, _ noise: Double = 0.1) -> Double {
    let (a, b) = (log(scale / 0.4), log(noise / 0.1))
    return 100 - 20 * a * a - 30 * b * b - 8 * a * b
  }

  private static let scaleSide = Exploration.Side("inference.prior.scale", 0.05...2)
  private static let noiseSide = Exploration.Side("model.likelihood.scale", 0.03...0.5)

  private static let space = SearchSpace([
    Dimension("model.activation", .values(["relu", "tanh"])),
    Dimension("inference.prior.scale", .float(0.05...2, log: true, steps: nil)),
    Dimension("model.likelihood.scale", .float(0.03...0.5, log: true, steps: nil)),
  ])

  private static var configuration: SweepConfiguration {
    var configuration = SweepConfiguration()
    configuration.name = "made-up"
    configuration.space = space
    configuration.strategy.kind = .hypernetwork
    return configuration
  }

  private static let plan = RunPlan(folds: 2, seeds: 1)

  /// Two folds, 5 apart.
  private static let folds = [-2.5, 2.5]

  private static func point(_ activation: String, _ scale: Double, _ noise: Double) -> Point {
    Point([
      "model.activation": .string(activation), "inference.prior.scale": .number(scale),
      "model.likelihood.scale": .number(noise),
    ])
  }

  private static func exploration(_ number: Int, _ sides: [Exploration.Side]) -> TrialRecord {
    let runs = folds.enumerated().map { index, shift -> RunRecord in
      let surface = (0..<24).map { place -> Survey.Value in
        let coordinates = sides.enumerated().map { side, region -> Double in
          let step = sides.count == 1 ? 0.618_033_988_7 : [0.754_877_666_2, 0.569_840_290_9][side]
          let share = (0.5 + step * Double(place)).truncatingRemainder(dividingBy: 1)
          return region.range.lowerBound * pow(region.range.upperBound / region.range.lowerBound, share)
        }
        let value = evidence(coordinates[0], coordinates.count > 1 ? coordinates[1] : 0.1)
        return Survey.Value(coordinates, mean: value + shift, error: 0.5)
      }
      let best = sides.count == 1 ? [0.4] : [0.4, 0.1]
      var run = RunRecord(id: RunID(trial: number, index: index))
      run.state = .done
      run.outcome = .done(metrics: ["steps": 500])
      run.survey = Survey(
        surface: surface, optimum: Survey.Value(best, mean: 100 + shift, error: 0.25),
        path: [1.0, 0.7, 0.5, 0.4].map { scale in
          Survey.Value(sides.count == 1 ? [scale] : [scale, 0.1], mean: evidence(scale) + shift)
        }, steps: 500)
      return run
    }
    let note: JSONValue = ["strategy": ["from": "exploration", "explore": Exploration(sides).json]]
    return TrialRecord(number: number, point: point("tanh", 0.3, 0.1), note: note, runs: runs)
  }

  /// A training whose result is `off` above the surface in both folds.
  private static func trial(
    _ number: Int, _ scale: Double, _ noise: Double = 0.1, off: Double, activation: String = "tanh"
  ) -> TrialRecord {
    let runs = folds.enumerated().map { index, shift -> RunRecord in
      var run = RunRecord(id: RunID(trial: number, index: index))
      run.state = .done
      run.outcome = .done(metrics: ["elbo": evidence(scale, noise) + shift + off])
      return run
    }
    return TrialRecord(number: number, point: point(activation, scale, noise), runs: runs)
  }

  private static func running(_ number: Int) -> TrialRecord {
    var run = RunRecord(id: RunID(trial: number, index: 0))
    run.state = .running
    let note: JSONValue = ["explore": Exploration([scaleSide]).json]
    return TrialRecord(
      number: number, point: point("relu", 0.3, 0.1), note: note,
      runs: [run, RunRecord(id: RunID(trial: number, index: 1))])
  }

  private static let one: [TrialRecord] = [
    exploration(0, [scaleSide]), trial(1, 0.4, off: 3), trial(2, 0.2, off: 5), trial(3, 1.1, off: 4),
    trial(4, 0.4, 0.2, off: 50), trial(5, 0.4, off: 70, activation: "relu"), running(6),
  ]
  private static let two: [TrialRecord] = [
    exploration(0, [scaleSide, noiseSide]), trial(1, 0.4, off: 3), trial(2, 0.3, 0.2, off: 3),
    trial(3, 0.9, 0.07, off: 3),
  ]

  private static func surface(_ trials: [TrialRecord]) throws -> LearnedSurface {
    try #require(
      LearnedSurface(trials[0], among: trials, space: space, objective: configuration.objective))
  }

  private static func report(_ trials: [TrialRecord]) -> SurfaceReport {
    SurfaceReport(study: "a<b & c", configuration: configuration, plan: plan, trials: trials)
  }

  // MARK: The surface

  @Test func foldsAreAveragedAndTheirSpreadIsInTheError() throws {
    let surface = try Self.surface(Self.one)
    for value in surface.surface {
      #expect(abs(value.mean - Self.evidence(value.coordinates[0])) < 1e-9)
      // The standard error of -2.5 and 2.5 is 2.5; their own error is 0.5.
      #expect(abs(try #require(value.error) - (6.25 + 0.25).squareRoot()) < 1e-9)
    }
    #expect(surface.optimum.mean == 100 && abs(surface.optimum.coordinates[0] - 0.4) < 1e-12)
    #expect(surface.fixed.map(\.key) == ["model.activation", "model.likelihood.scale"])
  }

  @Test func onlyTrialsWithTheFixedValuesVerify() throws {
    #expect(try Self.surface(Self.one).verified.map(\.trial) == [1, 2, 3])
    #expect(try Self.surface(Self.two).verified.map(\.trial) == [1, 2, 3])
  }

  @Test func whatASurfaceIsOffIsFoundRunByRun() throws {
    let surface = try Self.surface(Self.one)
    for (trial, off) in zip(surface.verified, [3.0, 5, 4]) {
      let found = try #require(trial.off)
      #expect(abs(found.mean - off) < 0.2, "\(found)")
      // The folds differ by 5 in both, and that is no doubt about the difference.
      #expect(try #require(found.standardError) < 0.2)
      #expect(abs(try #require(trial.measured.standardError) - 2.5) < 1e-9)
    }
    let off = try #require(surface.off)
    #expect(abs(off.mean.mean - 4) < 0.2 && abs(off.rootMeanSquare - (50.0 / 3).squareRoot()) < 0.2)
    #expect(abs(off.median - 4) < 0.2)
  }

  @Test func betweenItsPointsASurfaceOfTwoDimensionsIsInterpolated() throws {
    let surface = try Self.surface(Self.two)
    for scale in [0.1, 0.25, 0.4, 0.8, 1.5] {
      for noise in [0.05, 0.1, 0.2, 0.35] {
        let value = try #require(surface.value(at: [scale, noise]))
        let truth = Self.evidence(scale, noise)
        #expect(abs(value.mean - truth) < 1 + 0.1 * (100 - truth), "\(scale) \(noise): \(value.mean), \(truth)")
      }
    }
    for trial in surface.verified { #expect(abs(try #require(trial.off).mean - 3) < 1.5) }
    let slice = surface.slice(along: 1, count: 9)
    #expect(slice.map(\.coordinates[1]) == slice.map(\.coordinates[1]).sorted())
    #expect(slice.first?.coordinates[1] == 0.03 && slice.last?.coordinates[1] == 0.5)
    #expect(slice.allSatisfy { abs($0.coordinates[0] - 0.4) < 1e-9 })
  }

  @Test func anOrdinaryTrialAndOneThatRunsHaveNone() {
    for index in [1, 6] {
      let surface = LearnedSurface(
        Self.one[index], among: Self.one, space: Self.space, objective: Self.configuration.objective)
      #expect(surface == nil)
    }
  }

  // MARK: Text and numbers

  @Test func theTextHasTheOptimumTheTrialsAndThePath() {
    let text = Self.report(Self.one).render(width: nil, style: .plain)
    for words in [
      "Trial 0 explored prior.scale from 0.05 to 2, with activation tanh, likelihood.scale 0.1.",
      "Predicted best: prior.scale 0.4, elbo 100.0 ± 2.5 (2 runs of 500 steps).",
      "3 verified trials: half of them within 4.0 of the surface. On average elbo was 4.0",
      "Search of fold 0: 1 → 0.7 → 0.5 → 0.4", "Trial 6 explores and is running", "─•×",
    ] {
      #expect(text.contains(words), "\(words)\n\(text)")
    }
  }

  @Test(arguments: [50, 80, 120]) func nothingIsWiderThanTheTerminal(width: Int) {
    let reports = [Self.one, Self.two, [Self.one[0], Self.exploration(1, [Self.scaleSide, Self.noiseSide])]]
    for trials in reports {
      for line in Self.report(trials).render(width: width, style: .plain).split(separator: "\n") {
        #expect(displayWidth(of: String(line)) <= width, "\(line)")
      }
    }
  }

  @Test func theExportsHaveAllNumbers() throws {
    let report = Self.report(Self.two)
    let exploration = try #require(report.json.object?["explorations"]?.array?.first?.object)
    #expect(exploration["surface"]?.array?.count == 24 && exploration["slices"]?.array?.count == 2)
    #expect(exploration["verified"]?.array?.count == 3 && exploration["runs"]?.array?.count == 2)
    #expect(exploration["fixed"] == ["model.activation": "tanh"])
    #expect(exploration["explored"]?.array?.first?.object?["scale"] == "log")
    let lines = report.csv.split(separator: "\n")
    // The optimum, 24 points, two slices, three trials; of each run its optimum, its points and its path.
    #expect(lines.count == 1 + 1 + 24 + 50 + 3 + 2 * (1 + 24 + 4))
    let commas = lines.map { $0.filter { $0 == "," }.count }
    #expect(Set(commas) == [13])
  }

  // MARK: The picture

  @Test func thePictureHasAPanelForEachDimensionAndPair() {
    func panels(_ trials: [TrialRecord]) -> Int {
      SurfacePlot(Self.report(trials)).svg.components(separatedBy: "<clipPath").count - 1
    }
    #expect(panels(Self.one) == 1)
    #expect(panels(Self.two) == 3)
  }

  @Test func thePictureIsWellFormedWhateverTheNames() {
    let svg = SurfacePlot(Self.report(Self.two)).svg
    #expect(svg.contains("a&lt;b &amp; c") && !svg.contains("nan") && !svg.contains("inf\""))
    var open: [Substring] = []
    for part in svg.split(separator: "<").dropFirst() where !part.hasSuffix("/>\n") && !part.hasPrefix("?") {
      let name = part.prefix { $0.isLetter || $0 == "/" }
      if name.hasPrefix("/") {
        #expect(open.popLast() == name.dropFirst())
      } else if !part.contains("/>") {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }

  @Test func anAxisHasRoundTicksInItsRange() {
    #expect(
      PlotScale(0.05...2, isLog: true, pixels: (0, 1)).ticks.map { ($0 * 100).rounded() } == [5, 10, 20, 50, 100, 200])
    #expect(PlotScale(-52...148, pixels: (0, 1)).ticks == [-50, 0, 50, 100])
    #expect(abs(PlotScale(0.01...1, isLog: true, pixels: (100, 300)).pixel(0.1) - 200) < 1e-9)
    #expect(PlotScale(3...3, pixels: (0, 1)).pixel(3) == 0.5)
  }
}
