import StudyModel
import Testing

@Suite struct SweepConfigurationTests {
  private func read(_ text: String) throws -> SweepConfiguration {
    try SweepConfiguration(parsing: text, fileName: "sweep.json", defaultName: "sweep")
  }

  @Test func everyFieldIsRead() throws {
    let configuration = try read(
      #"""
      {
        "name": "all", "seeds": 3, "seed": 9, "checkpoint": {"seconds": 2},
        "data": {"csv": "a.csv", "target": "y", "limit": 100, "split": {"kind": "uci", "folds": 7, "fraction": 0.3},
          "standardize": {"inputs": false, "target": false}},
        "model": {"hidden": [], "activation": "tanh", "likelihood": {"kind": "gaussian", "scale": 2, "learned": true}},
        "inference": {"estimator": "weight-sampling", "complexity": "sampled", "samples": 4, "evaluationSamples": 7,
          "prior": {"kind": "scale-mixture", "scale": 3, "mixture": {"weight": 0.25, "wide": 1, "narrow": -2}},
          "initialization": {"scheme": "fan-in", "mean": 0.1, "rhoLow": -6, "rhoHigh": -5}},
        "training": {"optimizer": "sgd", "learningRate": 0.5, "momentum": 0, "beta1": 0.1, "beta2": 0.2,
          "epsilon": 1e-3, "batchSize": 10, "epochs": 2},
        "strategy": {"kind": "sobol", "trials": 5}, "objective": {"metric": "rmse"}
      }
      """#)
    #expect(configuration.name == "all" && configuration.seeds == 3 && configuration.seed == 9)
    #expect(configuration.data?.split.kind == .uci && configuration.plan == RunPlan(folds: 7, seeds: 3))
    #expect(configuration.model.hidden.isEmpty && configuration.model.likelihood.learned)
    #expect(configuration.inference.prior.mixture.wide == 1 && configuration.inference.initialization.rhoLow == -6)
    #expect(configuration.inference.initialization.scheme == .fanIn)
    #expect(configuration.training.optimizer == .sgd && configuration.training.epsilon == 1e-3)
    #expect(configuration.objective.goal == .minimize && configuration.strategy.trials == 5)
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
  }

  @Test(arguments: [
    ("elbo", "gaussian", "maximize"), ("lppd", "gaussian", "maximize"), ("nll", "gaussian", "minimize"),
    ("rmse", "gaussian", "minimize"), ("error", "categorical", "minimize"), ("ece", "categorical", "minimize"),
    ("ece", "gaussian", "minimize"),
  ]) func goalSuitsTheMetric(_ metric: String, _ likelihood: String, _ goal: String) throws {
    let configuration = try read(
      #"{"data": {"csv": "a.csv", "target": "y"}, "model": {"likelihood": {"kind": "\#(likelihood)"}}, "#
        + #""strategy": {"trials": 1}, "objective": {"metric": "\#(metric)"}}"#)
    #expect(configuration.objective.goal.rawValue == goal)
  }

  @Test func functionsHaveAValueToMinimize() throws {
    let configuration = try read(
      #"{"objective": {"function": "branin"}, "strategy": {"trials": 2}, "#
        + #""space": {"x1": {"range": [-5, 10]}, "x2": {"range": [0, 15]}}}"#)
    #expect(configuration.objective.metric == "value" && configuration.objective.goal == .minimize)
    #expect(
      configuration.json.object?.keys == ["name", "space", "strategy", "objective", "seeds", "seed", "checkpoint"])
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
    #expect(configuration.plan == RunPlan(folds: 1, seeds: 1))
    let point = Point(["x1": 1.0, "x2": 2.0])
    #expect(try configuration.applying(point) == configuration)
  }

  @Test(arguments: [
    (#"{"builtin": "polynomial"}"#, "holdOut", 1),
    (#"{"builtin": "polynomial", "split": {"kind": "k-fold"}}"#, "kFold", 5),
    (#"{"builtin": "polynomial", "split": {"kind": "uci"}}"#, "uci", 5),
    (#"{"builtin": "polynomial", "split": {"kind": "none"}}"#, "none", 1),
    (#"{"builtin": "polynomial", "split": {"kind": "given", "file": "rows.json", "folds": 3}}"#, "given", 3),
    (#"{"builtin": "polynomial", "split": {"kind": "given", "file": "rows.json"}}"#, "given", 1),
    (#"{"builtin": "noisy-sine", "split": {"kind": "given"}}"#, "given", 1),
    (#"{"builtin": "noisy-sine", "split": {"kind": "given", "file": "rows.json", "folds": 3}}"#, "given", 3),
  ]) func foldsFollowTheSplit(_ data: String, _ kind: String, _ folds: Int) throws {
    let configuration = try read(#"{"data": \#(data), "strategy": {"trials": 1}}"#)
    #expect("\(configuration.data!.split.kind)" == kind && configuration.plan.folds == folds)
    #expect(configuration.data!.split.folds == folds)
  }

  @Test func testFilesAreAGivenSplit() throws {
    let configuration = try read(
      #"{"data": {"idx": {"images": "a", "labels": "b", "testImages": "c", "testLabels": "d"}}, "#
        + #""model": {"likelihood": {"kind": "categorical"}}, "strategy": {"trials": 1}}"#)
    #expect(configuration.data?.split.kind == .given && configuration.plan.folds == 1)
  }

  @Test(arguments: [
    ("", false), (#", "standardize": {"target": true}"#, false), (#", "standardize": {"inputs": true}"#, true),
  ])
  func imagesAreStandardizedOnlyOnDemand(_ standardize: String, _ expected: Bool) throws {
    let configuration = try read(
      #"{"data": {"idx": {"images": "a", "labels": "b"}\#(standardize)}, "#
        + #""model": {"likelihood": {"kind": "categorical"}}, "strategy": {"trials": 1}}"#)
    #expect(configuration.data?.standardize.inputs == expected)
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
    #expect(try read(#"{"data": {"builtin": "noisy-sine"}, "strategy": {"trials": 1}}"#).data!.standardize.inputs)
  }

  @Test func namesAreChecked() throws {
    let configuration = try read(#"{"data": {"builtin": "noisy-sine"}, "strategy": {"trials": 1}}"#)
    #expect(try configuration.named("a-1.b_2").name == "a-1.b_2")
    for name in ["", ".", "..", "a/b", "-a", "a b", "ä", String(repeating: "a", count: 101)] {
      #expect(throws: ConfigurationError.self) { try configuration.named(name) }
    }
  }

  @Test func editorsMayNameTheSchema() throws {
    let configuration = try read(
      #"{"$schema": "sweep.schema.json", "data": {"builtin": "noisy-sine"}, "strategy": {"trials": 1}}"#)
    #expect(configuration.json.object?["$schema"] == nil)
  }

  @Test func everySearchablePathSetsItsField() throws {
    let start = try read(#"{"data": {"csv": "a.csv", "target": "y"}, "strategy": {"trials": 1}}"#)
    var paths = 0
    for (path, field) in SweepConfiguration.schema.paths {
      guard ["model", "inference", "training"].contains(String(path.prefix { $0 != "." })) else { continue }
      paths += 1
      guard case .value(let value) = SweepConfiguration.schema.lookup(path) else {
        Issue.record("\(path) is not found")
        continue
      }
      let isOptional = [
        "wide", "effectiveSampleSize", "inputs", "inputNoise", "shift", "clipNorm", "scheme", "per", "scales",
      ].contains(field.name)
      #expect(value.get(start) != nil || isOptional || path.hasPrefix("training.earlyStopping."), "\(path)")
      if let json = value.get(start) {
        var copy = start
        try value.set(json, &copy)
        #expect(copy == start)
      }
    }
    #expect(paths == 73)
  }
}
