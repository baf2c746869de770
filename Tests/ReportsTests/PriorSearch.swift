import ModelSelection
import Reports
import StudyModel

/// A small search of the prior: four trials that are done, one that failed, one that is running; two folds, one seed.
enum PriorSearch {
  static var configuration: SweepConfiguration {
    var configuration = SweepConfiguration()
    configuration.name = "priors"
    configuration.space = space
    return configuration
  }

  static let plan = RunPlan(folds: 2, seeds: 1)

  static let space = SearchSpace([
    Dimension("inference.prior.kind", .values(["gaussian", "scale-mixture", "laplace"])),
    Dimension("inference.prior.scale", .float(0.05...2, log: true, steps: nil)),
    Dimension(
      "inference.prior.mixture.narrow", .float(-8 ... -4, log: false, steps: nil),
      when: .init("inference.prior.kind", in: ["scale-mixture"])),
    Dimension("training.learningRate", .float(1e-4...1e-2, log: true, steps: nil)),
  ])

  static let trials: [TrialRecord] = [
    trial(0, "gaussian", 0.4213, nil, 0.00123, elbo: [-120.34, -118.2], lppd: [0.81, 0.92], seconds: 3.5),
    trial(1, "scale-mixture", 1.25, -6.125, 0.003, elbo: [-81.2, -82.6], lppd: [1.07, 1.11], seconds: 3.75),
    failed(2, "laplace", "the loss is not a number after step 120"),
    trial(3, "laplace", 0.0712, nil, 0.0004, elbo: [-95.8, -97.31], lppd: [1.21, 1.22], seconds: 4),
    trial(4, "scale-mixture", 0.6, -7.5, 0.00051, elbo: [-83.3, -81.9], lppd: [1.01, 1.13], seconds: 2.25),
    running(5),
  ]

  /// The same, the last three as a model chose them: one as it expected, one far off, one that is running.
  static let predictedTrials: [TrialRecord] = zip(
    trials, [nil, nil, nil, (-98.2, 2.5, 2.75), (-71, 1.125, 1.5), (-80.5, 3.25, nil)] as [(Double, Double, Double?)?]
  ).map { trial, expected in
    let note = expected.map { mean, deviation, outcome in
      var strategy: JSONObject = ["mean": .number(mean), "standardDeviation": .number(deviation)]
      strategy["outcomeStandardDeviation"] = outcome.map { .number($0) }
      return JSONValue.object(["told": 3, "pending": [], "strategy": .object(strategy)])
    }
    return TrialRecord(number: trial.number, point: trial.point, note: note, runs: trial.runs)
  }

  static var selection: Selection {
    Selection(objective: configuration.objective, space: space, trials: trials)
  }

  private static func values(_ kind: String, _ scale: Double, _ narrow: Double?, _ rate: Double) -> Point {
    var values: JSONObject = ["inference.prior.kind": .string(kind), "inference.prior.scale": .number(scale)]
    values["inference.prior.mixture.narrow"] = narrow.map { .number($0) }
    values["training.learningRate"] = .number(rate)
    return Point(values)
  }

  private static func trial(
    _ number: Int, _ kind: String, _ scale: Double, _ narrow: Double?, _ rate: Double, elbo: [Double], lppd: [Double],
    seconds: Double
  ) -> TrialRecord {
    let runs = zip(elbo, lppd).enumerated().map { index, scores in
      var run = RunRecord(id: RunID(trial: number, index: index))
      run.state = .done
      run.seconds = seconds
      run.outcome = .done(metrics: [
        "elbo": scores.0, "elbo_standard_error": 0.25, "lppd": scores.1, "rmse": 0.5 - scores.1 / 8,
      ])
      return run
    }
    return TrialRecord(number: number, point: values(kind, scale, narrow, rate), runs: runs)
  }

  private static func failed(_ number: Int, _ kind: String, _ reason: String) -> TrialRecord {
    var run = RunRecord(id: RunID(trial: number, index: 0))
    run.state = .failed
    run.outcome = .failed(reason: reason)
    var other = RunRecord(id: RunID(trial: number, index: 1))
    other.state = .done
    other.outcome = .done(metrics: ["elbo": -140])
    return TrialRecord(number: number, point: values(kind, 1.9, nil, 0.0099), runs: [run, other])
  }

  private static func running(_ number: Int) -> TrialRecord {
    var run = RunRecord(id: RunID(trial: number, index: 0))
    run.state = .running
    run.attempt = 1
    return TrialRecord(
      number: number, point: values("gaussian", 0.9, nil, 0.001),
      runs: [run, RunRecord(id: RunID(trial: number, index: 1))])
  }
}
