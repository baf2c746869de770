import ModelSelection
import Reports
import StudyModel
import Testing

@Suite struct SweepReportTests {
  private var report: SweepReport {
    SweepReport(
      configuration: PriorSearch.configuration, trials: PriorSearch.trials, study: "priors", directory: "studies/priors"
    )
  }

  @Test func file() throws {
    try expectSnapshot(report.render(width: nil, style: .plain), "sweep-report.txt")
  }

  @Test func colouredTerminal() throws {
    let text = report.render(width: 100, style: Style(color: true))
    try expectSnapshot(text.replacing("\u{1B}", with: "ESC"), "sweep-report-terminal.txt")
  }

  @Test(arguments: [40, 60, 80, 100, 200])
  func nothingIsWiderThanTheTerminal(width: Int) {
    // Names of commands and folders, and the lines that name the winner, are never broken.
    let whole = ["The study is in", "  hpsearch", "Best"]
    for line in report.render(width: width, style: .plain).split(separator: "\n")
    where !whole.contains(where: line.hasPrefix) { #expect(displayWidth(of: String(line)) <= width, "\(line)") }
  }

  @Test func narrowTerminalSaysWhatIsMissing() throws {
    try expectSnapshot(report.render(width: 60, style: .plain), "sweep-report-narrow.txt")
  }

  @Test func withoutAnyTrial() throws {
    let report = SweepReport(
      configuration: PriorSearch.configuration, trials: [PriorSearch.trials[2]], study: "a study", directory: "a study")
    try expectSnapshot(report.render(width: nil, style: .plain), "sweep-report-failed.txt")
  }

  /// A study without evidence, whose trials have one run: a test function.
  @Test func testFunction() throws {
    var configuration = SweepConfiguration()
    configuration.objective.metric = "y"
    configuration.objective.goal = .minimize
    configuration.space = SearchSpace([Dimension("x", .float(-5...5, log: false, steps: nil))])
    let trials = [3.0, -1.5, 2].enumerated().map { number, x in
      var run = RunRecord(id: RunID(trial: number, index: 0))
      run.state = .done
      run.outcome = .done(metrics: ["y": x * x])
      return TrialRecord(number: number, point: Point(["x": .number(x)]), runs: [run])
    }
    let report = SweepReport(
      configuration: configuration, trials: trials, study: "parabola", directory: "studies/parabola")
    try expectSnapshot(report.render(width: nil, style: .plain), "sweep-report-function.txt")
  }
}

@Suite struct SentenceTests {
  @Test func failuresAreGroupedByReason() {
    func failed(_ number: Int, _ reason: String) -> TrialRecord {
      var run = RunRecord(id: RunID(trial: number, index: 0))
      run.state = .failed
      run.outcome = .failed(reason: reason)
      return TrialRecord(number: number, point: Point(), runs: [run])
    }
    let trials = [failed(0, "a"), failed(1, "b"), failed(2, "b\u{1B}"), failed(3, "b"), failed(4, "c"), failed(5, "d")]
    #expect(
      failuresText(of: trials) == ["trials 1 and 3: b", "trial 0: a", "trial 2: b\u{FFFD}", "and 2 other reasons"])
    #expect(trialsText(Array(0..<20)) == "trials 0, 1, 2, 3, 4, 5, 6, 7 and 12 more")
  }

  /// Losses -0.1 and 3: mean 1.45, standard error 1.55. Losses 0.9 and 3: 1.95 and 1.05. Losses 1.1 and 2.9: 2 and 0.9.
  @Test(arguments: [
    ([-0.1, 3], "name different trials, within the noise: ", "at most one standard error over the 2 runs"),
    ([0.9, 3], "name different trials, within the noise: ", "within two standard errors over the 2 runs"),
    ([1.1, 2.9], "disagree: ", "2.2 standard errors over the 2 runs"),
    ([2], "name different trials: ", "with one run per trial the noise is not known."),
  ]) func evidenceAgainstValidation(_ losses: [Double], _ verdict: String, _ noise: String) throws {
    func trial(_ number: Int, elbo: Double, lppd: [Double]) -> TrialRecord {
      let runs = lppd.enumerated().map { index, lppd in
        var run = RunRecord(id: RunID(trial: number, index: index))
        run.state = .done
        run.outcome = .done(metrics: ["elbo": elbo, "lppd": lppd])
        return run
      }
      return TrialRecord(number: number, point: Point(), runs: runs)
    }
    let selection = Selection(
      objective: SweepConfiguration().objective, space: SearchSpace(),
      trials: [
        trial(0, elbo: 1, lppd: losses.map { -$0 }), trial(1, elbo: 0, lppd: losses.map { _ in 0 }),
      ])
    let text = agreementText(try #require(selection.agreements.first))
    #expect(text.hasPrefix("Evidence and validation \(verdict)trial 0, the best by elbo, is "), "\(text)")
    #expect(text.contains(noise), "\(text)")
  }

  @Test func priorOfAStudyThatSearchesTheScaleAlone() {
    var configuration = SweepConfiguration()
    configuration.inference.prior.kind = .laplace
    let space = SearchSpace([Dimension("inference.prior.scale", .float(0.1...1, log: true, steps: nil))])
    let point = Point(["inference.prior.scale": 0.25])
    #expect(priorText(of: point, space: space, configuration: configuration) == "laplace, scale 0.25")
    #expect(priorText(of: point, space: SearchSpace(), configuration: configuration) == nil)
  }
}

@Suite struct TrialsTableTests {
  @Test func allStates() throws {
    let table = TrialsTable(records: PriorSearch.trials, space: PriorSearch.space, selection: PriorSearch.selection)
    try expectSnapshot(table.render(width: nil, style: .plain), "trials.txt")
    try expectSnapshot(table.render(width: 60, style: .plain), "trials-narrow.txt")
  }

  @Test func whatAModelExpected() throws {
    var table = TrialsTable(
      records: PriorSearch.predictedTrials, space: PriorSearch.space, selection: PriorSearch.selection)
    #expect(!table.render(width: nil, style: .plain).contains("predicted"))
    table.showsPredictions = true
    try expectSnapshot(table.render(width: nil, style: .plain), "trials-predicted.txt")
  }
}

@Suite struct StudyOverviewTests {
  private var overview: StudyOverview {
    var overview = StudyOverview(
      study: "priors", directory: "studies/priors", state: "running", metric: "elbo", runsPerTrial: 2, createdAt: 1000,
      now: 1100)
    overview.trialsPlanned = 40
    overview.trials = [.done: 4, .failed: 1, .running: 1]
    overview.runs = [.done: 9, .failed: 1, .running: 1, .queued: 1]
    overview.startedAt = 1001
    overview.lastEventAt = 1099.5
    overview.runsPerSecond = 0.5
    overview.best = .init(trial: 1, value: Aggregate(of: [-81.2, -82.6]))
    overview.running = [
      .init(
        worker: "local-1", attempt: Attempt(run: RunID(trial: 5, index: 0), number: 2), step: 120,
        metrics: ["loss": 12.5, "elbo": -90.25], startedAt: 1080)
    ]
    return overview
  }

  @Test func running() throws {
    try expectSnapshot(overview.table(width: nil, style: .plain), "status.txt")
    try expectSnapshot(documentText(overview.json), "status.json")
    try expectSnapshot(overview.csv, "status.csv")
  }

  @Test func beforeTheFirstTrial() throws {
    let overview = StudyOverview(
      study: "new", directory: "studies/new", state: "interrupted", metric: "y", runsPerTrial: 1, createdAt: 0, now: 10)
    try expectSnapshot(overview.table(width: 80, style: .plain), "status-new.txt")
    try expectSnapshot(documentText(overview.json), "status-new.json")
  }
}
