import ModelSelection
import Reports
import StudyModel
import Testing

@Suite struct ExportTests {
  private var export: TrialsExport {
    TrialsExport(
      study: "priors", plan: PriorSearch.plan, space: PriorSearch.space, selection: PriorSearch.selection,
      records: PriorSearch.trials)
  }

  @Test func trials() throws {
    try expectSnapshot(export.csv, "trials.csv")
    try expectSnapshot(documentText(export.json), "trials.json")
  }

  @Test func whatAModelExpected() throws {
    let export = TrialsExport(
      study: "priors", plan: PriorSearch.plan, space: PriorSearch.space, selection: PriorSearch.selection,
      records: PriorSearch.predictedTrials, showsPredictions: true)
    try expectSnapshot(export.csv, "trials-predicted.csv")
    try expectSnapshot(documentText(export.json), "trials-predicted.json")
  }

  @Test func deviationsFromAPrediction() {
    let prediction = TrialPrediction(mean: 2, standardDeviation: 0.5, outcomeStandardDeviation: 4)
    #expect(prediction.deviations(of: 8) == 1.5 && prediction.deviations(of: 0) == -0.5)
    #expect(prediction.deviations(of: nil) == nil && prediction.deviations(of: .nan) == nil)
    let certain = TrialPrediction(mean: 2, standardDeviation: 0, outcomeStandardDeviation: 0)
    #expect(certain.deviations(of: 8) == nil)
    #expect(TrialPrediction(note: ["strategy": ["from": "design"]]) == nil && TrialPrediction(note: nil) == nil)
  }

  @Test func best() throws {
    let best = BestExport(study: "priors", selection: PriorSearch.selection, configuration: ["name": "priors"])
    try expectSnapshot(best.csv, "best.csv")
    try expectSnapshot(documentText(best.json), "best.json")
  }

  /// Dictionaries have another order in every process, and none of it may be seen; the wall clock neither, but for the
  /// columns that say so.
  @Test func onlyTimesDiffer() {
    let other = TrialsExport(
      study: "priors", plan: PriorSearch.plan, space: PriorSearch.space, selection: PriorSearch.selection,
      records: PriorSearch.trials.map { record in
        var record = record
        for index in record.runs.indices {
          record.runs[index].seconds *= 3
          record.runs[index].attempt += 1
          record.runs[index].worker = "elsewhere"
        }
        return record
      })
    func withoutTimes(_ csv: String) -> [String] {
      csv.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",")
      }
    }
    #expect(export.csv != other.csv)
    #expect(withoutTimes(export.csv) == withoutTimes(other.csv))
  }

  @Test func numbersRoundTrip() throws {
    let values = [0.1 + 0.2, 1e-300, -1.0 / 3, 5e300, 123456789.123456789]
    for value in values { #expect(Double(CSV.field(value)) == value) }
    #expect(CSV.field(.nan) == "nan" && CSV.field(-.infinity) == "-inf" && CSV.field(nil) == "")
  }

  @Test func quoting() {
    var csv = CSV(header: ["a", "b,c"])
    csv.append(["say \"x\"", "one\ntwo"])
    csv.append(["plain", " spaced "])
    #expect(csv.text == "a,\"b,c\"\n\"say \"\"x\"\"\",\"one\ntwo\"\nplain, spaced \n")
  }

  @Test func columnsHaveOneMeaningEach() {
    let space = SearchSpace([Dimension("y", .float(0...1, log: false, steps: nil)), Dimension("state", .values(["a"]))])
    var run = RunRecord(id: RunID(trial: 0, index: 0))
    run.state = .done
    run.outcome = .done(metrics: ["y": 1])
    let record = TrialRecord(number: 0, point: Point(["y": 0.5, "state": "a"]), runs: [run])
    var objective = SweepConfiguration.Objective()
    objective.metric = "y"
    let export = TrialsExport(
      study: "s", plan: RunPlan(folds: 1, seeds: 1), space: space,
      selection: Selection(objective: objective, space: space, trials: [record]), records: [record])
    #expect(
      export.csv == "trial,state,y,parameter.state,metric.y,y_se,y_sd,reason,run_seconds\n0,done,0.5,a,1.0,,,,0.0\n")
  }

  @Test func notANumberIsNullInJSON() {
    var run = RunRecord(id: RunID(trial: 0, index: 0))
    run.state = .done
    run.outcome = .done(metrics: ["elbo": -.infinity, "x": .nan])
    let record = TrialRecord(number: 0, point: Point(), runs: [run])
    let objective = SweepConfiguration.Objective()
    let export = TrialsExport(
      study: "s", plan: RunPlan(folds: 1, seeds: 1), space: SearchSpace(),
      selection: Selection(objective: objective, space: SearchSpace(), trials: [record]), records: [record])
    #expect(export.json.isFinite)
    #expect(documentText(export.json).contains("\"mean\": null"))
    #expect(
      export.csv.hasPrefix("trial,state,elbo,elbo_se,elbo_sd,x,x_se,x_sd,reason,run_seconds\n0,done,-inf,,,nan,,"))
  }
}

@Suite struct WinnerTests {
  /// The winner's document is a sweep file that has the one trial.
  @Test func networkWinnerIsASweepFile() throws {
    let file = """
      {"data": {"builtin": "noisy-sine"}, "space": {"inference.prior.scale": {"range": [0.1, 1]}},
       "strategy": {"kind": "random", "trials": 3}}
      """
    let configuration = try SweepConfiguration(parsing: file, fileName: "", defaultName: "study")
    let document = try configuration.winner(Point(["inference.prior.scale": 0.25]))
    let winner = try SweepConfiguration(json: document)
    #expect(winner.name == "study-best")
    #expect(winner.inference.prior.scale == 0.25)
    #expect(winner.space.gridCount == 1)
    #expect(winner.strategy.kind == .grid)
  }

  /// What belongs to the methods that did not win is left out.
  @Test func aSearchedMethodLeavesTheOthersOut() throws {
    let file = """
      {"data": {"builtin": "noisy-sine"}, "inference": {"laplace": {"scope": "last-layer"}},
       "space": {"inference.method": {"values": ["laplace", "ivon"]},
        "inference.ivon.hessian": {"range": [0.1, 1], "when": {"inference.method": "ivon"}}},
       "strategy": {"kind": "random", "trials": 3}}
      """
    let configuration = try SweepConfiguration(parsing: file, fileName: "", defaultName: "study")
    let document = try configuration.winner(Point(["inference.method": "ivon", "inference.ivon.hessian": 0.5]))
    let winner = try SweepConfiguration(json: document)
    #expect(winner.inference.method == .ivon && winner.inference.ivon.hessian == 0.5)
    #expect(winner.inference.laplace == .init())
  }

  @Test func commandWinnerIsASweepFile() throws {
    let file = """
      {"objective": {"command": ["true"], "goal": "minimize"},
       "space": {"x": {"range": [0, 1]}, "kind": {"values": ["a", "b"]}},
       "strategy": {"kind": "random", "trials": 3}}
      """
    let configuration = try SweepConfiguration(parsing: file, fileName: "", defaultName: "study")
    let point = Point(["x": 0.1, "kind": "b"])
    let winner = try SweepConfiguration(json: try configuration.winner(point))
    #expect(winner.space.gridCount == 1)
    #expect(winner.space.gridPoint(at: 0) == point)
  }
}
