import Foundation
import Objectives
import StudyModel
import Testing

@Suite struct BayesianNetworkObjectiveTests: NetworkRunning {
  private func failure(_ configuration: SweepConfiguration, directory: String = "/") -> String {
    do {
      try checkObjective(for: configuration, directory: directory)
      return "no error: \(try run(configuration, fold: 0, directory: directory))"
    } catch { return "\(error)".replacing(directory, with: "FOLDER") }
  }

  // MARK: The same numbers

  @Test func theSameMetricsEveryTime() throws {
    let configuration = sine()
    let first = try run(configuration)
    #expect(
      Set(first.keys) == [
        "elbo", "elbo_likelihood", "elbo_complexity", "elbo_standard_error", "lppd", "lppd_standard_error", "nll",
        "nll_standard_error", "ece", "ece_standard_error", "rmse", "rmse_standard_error",
      ])
    #expect(try run(configuration) == first)
    #expect(try run(configuration, trial: 4) != first)
    #expect(try run(configuration, fold: 2) != first)
    var other = configuration
    other.seed = 1
    #expect(try run(other) != first)
  }

  /// 40 rows in batches of 16: 3 steps an epoch, 18 in all, and 10 passes of evaluation behind them.
  @Test(arguments: 1...27) func stoppedAnywhereAndResumed(_ question: Int) throws {
    let configuration = sine()
    let undisturbed = try run(configuration)
    let context = RecordingContext(stop: { $0 == question })
    #expect(throws: RunInterrupted.self) { try run(configuration, context: context) }
    let last = context.checkpoints.last
    // Before the first step there is nothing to keep.
    #expect(last?.step == (question == 1 ? nil : min(question - 1, 18)))
    #expect(try run(configuration, checkpoint: last?.bytes) == undisturbed)
  }

  /// Killed between checkpoints, again and again, with checkpoints at other times in every attempt.
  @Test func killedAndResumedFromTheLastCheckpoint() throws {
    let configuration = sine()
    let undisturbed = try run(configuration)
    var checkpoint: [UInt8]?
    for attempt in 1...4 {
      let context = RecordingContext(stop: { $0 == 5 + attempt }, checkpoint: { $0 % (attempt + 1) == 0 })
      #expect(throws: RunInterrupted.self) {
        try makeObjective(for: configuration, directory: "/")
          .run(assignment(configuration, checkpoint: checkpoint, attempt: attempt), context: context)
      }
      // The one before the last: what was done since is lost.
      checkpoint = context.checkpoints.dropLast().last?.bytes ?? checkpoint
    }
    #expect(try run(configuration, checkpoint: checkpoint) == undisturbed)
  }

  @Test func aCheckpointThatCannotBeUsedCostsTimeAlone() throws {
    let configuration = sine()
    let undisturbed = try run(configuration)
    let context = RecordingContext(checkpoint: { $0 == 9 })
    _ = try run(configuration, context: context)
    let bytes = try #require(context.checkpoints.last?.bytes)
    for damaged in [[], Array(bytes.dropLast(7)), [UInt8](repeating: 9, count: 400)] {
      let second = RecordingContext()
      #expect(try run(configuration, checkpoint: damaged, context: second) == undisturbed)
      #expect(second.logs.contains { $0.hasSuffix("begins anew") })
    }
  }

  @Test(arguments: InferenceConfiguration.Estimator.allCases, InferenceConfiguration.Prior.Kind.allCases)
  func everyMethodResumes(
    _ estimator: InferenceConfiguration.Estimator, _ prior: InferenceConfiguration.Prior.Kind
  ) throws {
    var configuration = sine()
    configuration.inference.estimator = estimator
    configuration.inference.prior.kind = prior
    configuration.training.optimizer = .sgd
    configuration.training.learningRate = 1e-4
    configuration.model.likelihood.learned = true
    let undisturbed = try run(configuration)
    #expect(undisturbed["noise"] != nil)
    let context = RecordingContext(stop: { $0 == 8 })
    #expect(throws: RunInterrupted.self) { try run(configuration, context: context) }
    #expect(try run(configuration, checkpoint: context.checkpoints.last?.bytes) == undisturbed)
  }

  // MARK: Progress

  @Test func theFirstAndTheLastEpochAreLogged() throws {
    let context = RecordingContext()
    _ = try run(sine(), context: context)
    #expect(context.logs.first == "noisy-sine: 40 rows for training, 20 for validation, 1 inputs; 25 weights")
    #expect(context.logs.contains { $0.hasPrefix("epoch 1/6 elbo ") && $0.contains(" rmse ") })
    #expect(context.logs.last?.hasPrefix("epoch 6/6 elbo ") == true)
    #expect(context.reports.last?.step == 18)
    #expect(context.reports.last?.metrics["elbo"] != nil)
  }

  @Test func stepsThatDoNotReachThePriorAreWarnedOf() throws {
    func warnings(_ change: (inout SweepConfiguration) -> Void) throws -> [String] {
      var configuration = sine()
      change(&configuration)
      let context = RecordingContext()
      _ = try run(configuration, context: context)
      return context.logs.filter { $0.contains("far from converged") }
    }
    // 18 steps. From rho = -4 to softplus(rho) = 1, which is rho = 0.541, there is 4.54 to go.
    let short = try warnings { $0.training.learningRate = 0.25 }
    #expect(short.count == 1 && short[0].hasPrefix("rho can move by 4.5 in 18 steps"))
    #expect(short[0].contains("has 4.54 to go"))
    #expect(try warnings { $0.training.learningRate = 0.254 }.isEmpty)
    #expect(
      try warnings {
        $0.training.optimizer = .sgd
        $0.training.learningRate = 1e-5
      }.isEmpty)
    // A mixture's scale is that of its wide component.
    func mixture(_ wide: Double) throws -> [String] {
      try warnings {
        $0.training.learningRate = 0.1
        $0.inference.prior.kind = .scaleMixture
        $0.inference.prior.mixture.wide = wide
      }
    }
    #expect(try mixture(0).count == 1)
    #expect(try mixture(-3).isEmpty)
  }

  // MARK: Data

  @Test func noisySineHasTestPointsOfItsOwn() throws {
    var configuration = sine()
    configuration.data?.split.kind = .given
    configuration.data?.split.folds = 1
    configuration.data?.limit = 50
    let context = RecordingContext()
    _ = try run(configuration, fold: 0, context: context)
    #expect(context.logs.first?.hasPrefix("noisy-sine: 50 rows for training, 1000 for validation") == true)
  }

  /// What is fitted, standardisation and evidence included, follows from the training rows alone.
  @Test func nothingOfTheValidationRowsReachesTheTraining() throws {
    let folder = try TemporaryFolder()
    for (name, factor) in [("near", 1.0), ("far", 1000.0)] {
      var text = "x,y\n"
      for i in 0..<40 {
        let scale = i % 4 == 0 ? factor : 1
        text += "\(Double(i) / 40 * scale),\(Double(i * 7 % 11) / 8 * scale)\n"
      }
      try folder.write(text, to: "\(name).csv")
    }
    let rows = (0..<40).map { $0 }
    try folder.write(
      #"{"train": [\#(rows.filter { $0 % 4 != 0 })], "test": [\#(rows.filter { $0 % 4 == 0 })]}"#, to: "rows.json")
    var configuration = sine()
    configuration.data?.builtin = nil
    configuration.data?.points = nil
    configuration.data?.target = "y"
    configuration.data?.split.kind = .given
    configuration.data?.split.file = "rows.json"
    configuration.data?.split.folds = 1
    configuration.model.likelihood.learned = true
    configuration.data?.csv = "near.csv"
    let near = try run(configuration, fold: 0, directory: folder.path)
    configuration.data?.csv = "far.csv"
    let far = try run(configuration, fold: 0, directory: folder.path)
    for name in ["elbo", "elbo_likelihood", "elbo_complexity", "elbo_standard_error", "noise"] {
      #expect(near[name] != nil && near[name]?.bitPattern == far[name]?.bitPattern, "\(name)")
    }
    #expect(near["lppd"] != far["lppd"])
  }

  // MARK: Scores

  /// With the target 1024 times larger, standardised, the same network is trained; errors are larger by the factor.
  @Test func scoresAreInTheUnitsOfTheTarget() throws {
    let folder = try TemporaryFolder()
    for (name, factor) in [("small", 1.0), ("large", 1024.0)] {
      var text = "x,y\n"
      for i in 0..<40 { text += "\(Double(i) / 40),\(Double(i * 7 % 11) / 8 * factor)\n" }
      try folder.write(text, to: "\(name).csv")
    }
    var configuration = sine()
    configuration.data?.builtin = nil
    configuration.data?.points = nil
    configuration.data?.target = "y"
    configuration.data?.csv = "small.csv"
    let small = try run(configuration, directory: folder.path)
    configuration.data?.csv = "large.csv"
    let large = try run(configuration, directory: folder.path)
    let (a, b) = (try #require(small["rmse"]), try #require(large["rmse"]))
    #expect(abs(b / a - 1024) < 1e-3)
    let (c, d) = (try #require(small["lppd"]), try #require(large["lppd"]))
    #expect(abs(c - d - log(1024)) < 1e-3)
  }

  @Test func classification() throws {
    let folder = try TemporaryFolder()
    var text = "x,n,class\n"
    // The classes lie far apart, so that no row of a fold is a matter of luck.
    for i in 0..<60 {
      let isLow = i % 20 < 10
      text += "\((isLow ? -1 : 1) * (0.3 + Double(i % 10) / 10)),\(i),\(isLow ? "low" : "high")\n"
    }
    try folder.write(text, to: "data.csv")
    var configuration = sine()
    configuration.data?.builtin = nil
    configuration.data?.points = nil
    configuration.data?.csv = "data.csv"
    configuration.data?.target = "class"
    configuration.model.likelihood.kind = .categorical
    configuration.objective.metric = "error"
    configuration.training.epochs = 150
    configuration.training.learningRate = 0.02
    try checkObjective(for: configuration, directory: folder.path)
    let metrics = try run(configuration, directory: folder.path)
    #expect(Set(metrics.keys).isSuperset(of: ["error", "ece", "lppd", "nll", "elbo"]))
    #expect(try #require(metrics["error"]) <= 0.05)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["HPSEARCH_DATA"] != nil, "needs HPSEARCH_DATA"))
  func yacht() throws {
    let root = try #require(ProcessInfo.processInfo.environment["HPSEARCH_DATA"])
    var configuration = sine()
    configuration.data?.builtin = nil
    configuration.data?.points = nil
    configuration.data?.csv = "data.csv"
    configuration.data?.target = "residuary_resistance"
    configuration.data?.split.kind = .uci
    configuration.data?.split.folds = 20
    configuration.model.hidden = [50]
    configuration.model.likelihood.scale = 0.1
    configuration.training.epochs = 400
    configuration.training.learningRate = 0.01
    configuration.training.batchSize = 32
    configuration.inference.evaluationSamples = 20
    try checkObjective(for: configuration, directory: "\(root)/uci/yacht")
    let generated = try run(configuration, fold: 0, directory: "\(root)/uci/yacht")
    let rmse = try #require(generated["rmse"])
    #expect(rmse < 3 && rmse > 0.1)
    // The published file has the same splits.
    configuration.data?.split.kind = .given
    configuration.data?.split.file = "splits.json"
    #expect(try run(configuration, fold: 0, directory: "\(root)/uci/yacht") == generated)
  }

  // MARK: Failures

  @Test func divergedTraining() throws {
    var configuration = sine()
    configuration.training.optimizer = .sgd
    configuration.training.learningRate = 1e20
    let reason = failure(configuration)
    #expect(reason.hasPrefix("the training diverged at step "))
    #expect(reason.hasSuffix("try a lower training.learningRate (1e+20)"))
  }

  @Test func aLabelThatTheTrainingDataHasNot() throws {
    let folder = try TemporaryFolder()
    func file(_ name: String, _ shape: [UInt8], _ elements: [UInt8]) throws {
      let header: [UInt8] = [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, 0, $0] }
      try Data(header + elements).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    try file("images", [6, 1, 2], Array(0..<12))
    try file("labels", [6], [0, 1, 2, 0, 1, 2])
    try file("other", [6], [0, 1, 2, 0, 3, 2])
    var configuration = sine()
    configuration.data = DataConfiguration()
    configuration.data?.split.kind = .given
    configuration.data?.split.folds = 1
    configuration.data?.standardize.inputs = false
    var idx = DataConfiguration.IDX()
    (idx.images, idx.labels, idx.testImages, idx.testLabels) = ("images", "labels", "images", "labels")
    configuration.data?.idx = idx
    configuration.model.likelihood.kind = .categorical
    #expect(failure(configuration, directory: folder.path).hasPrefix("no error"))
    configuration.data?.idx?.testLabels = "other"
    #expect(
      failure(configuration, directory: folder.path)
        == "FOLDER/other: row 4 has the label 3, and the training labels go from 0 to 2")
  }

  @Test func whatTheCheckFinds() throws {
    let folder = try TemporaryFolder()
    try folder.write("a,b\n1,2\n2,3\n3,4\n4,6\n", to: "data.csv")
    try folder.write(#"{"train": [[0, 1]], "test": [[2, 9]]}"#, to: "splits.json")
    func message(_ change: (inout SweepConfiguration) -> Void) -> String {
      var configuration = sine()
      configuration.data?.builtin = nil
      configuration.data?.points = nil
      configuration.data?.csv = "data.csv"
      configuration.data?.target = "b"
      change(&configuration)
      return failure(configuration, directory: folder.path)
    }
    let good = message { _ in }
    #expect(good.hasPrefix("no error"))
    #expect(
      message { $0.data?.csv = "none.csv" } == "FOLDER/none.csv: cannot open: No such file or directory; check the path"
    )
    let noTarget = message { $0.data?.target = "c" }
    #expect(noTarget.hasPrefix("FOLDER/data.csv: there is no target column 'c'"))
    #expect(message { $0.data?.split.folds = 9 } == "FOLDER/data.csv: 4 rows cannot be split into 9 folds")
    let noMetric = message { $0.objective.metric = "error" }
    #expect(
      noMetric
        == "objective.metric: \"error\" needs a categorical likelihood, and the model's is gaussian")
    #expect(
      message {
        $0.data?.split.kind = .given
        $0.data?.split.file = "splits.json"
        $0.data?.split.folds = 1
      } == "FOLDER/splits.json: test[0][1] is row 9; the data has the rows 0 to 3")
    try folder.write(#"{"train": [[0, 1]], "test": [[2, 3]]}"#, to: "splits.json")
    #expect(
      message {
        $0.data?.split.kind = .given
        $0.data?.split.file = "splits.json"
      } == "data.split.folds: 3 splits are asked for, and splits.json has 1")
    let noScale = message {
      $0.inference.prior.kind = .scaleMixture
      $0.inference.prior.mixture.narrow = -1e6
    }
    #expect(noScale.hasPrefix("inference.prior.mixture: the scales"))
    let noClasses = message {
      $0.data?.csv = nil
      $0.data?.builtin = .noisySine
      $0.model.likelihood.kind = .categorical
    }
    #expect(noClasses == "model.likelihood.kind: noisy-sine is a regression; use a gaussian likelihood")
  }
}
