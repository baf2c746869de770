import Foundation
import Objectives
import StudyModel
import Testing

/// Which metrics of a run come with a standard error.
@Suite struct StandardErrorTests: NetworkRunning {
  private func errors(_ metrics: [String: Double]) -> Set<String> {
    Set(metrics.keys.filter { $0.hasSuffix("_standard_error") }.map { String($0.dropLast("_standard_error".count)) })
  }

  /// A table of two classes.
  private func classes(_ folder: TemporaryFolder, method: InferenceConfiguration.Method) throws -> SweepConfiguration {
    var text = "x,class\n"
    for i in 0..<60 { text += "\(Double(i * 7 % 11) / 10 - 0.5),\(i * 7 % 5 < 2 ? "low" : "high")\n" }
    try folder.write(text, to: "data.csv")
    var configuration = sine([.brier], samples: 23)
    configuration.inference.method = method
    configuration.objective.metric = "error"
    configuration.data?.builtin = nil
    configuration.data?.points = nil
    configuration.data?.csv = "data.csv"
    configuration.data?.target = "class"
    configuration.model.likelihood.kind = .categorical
    return configuration
  }

  @Test func ofARegression() throws {
    var configuration = sine([.waic, .psisLOO, .importanceWeighted], samples: 23)
    configuration.evaluation.importanceSamples = 5
    let metrics = try run(configuration)
    #expect(errors(metrics) == ["elbo", "lppd", "nll", "ece", "rmse", "waic", "psis_loo", "iw_elbo"])
    #expect(errors(metrics).isSubset(of: metrics.keys))
  }

  @Test func ofAClassification() throws {
    let folder = try TemporaryFolder()
    let metrics = try run(classes(folder, method: .bayesByBackprop), directory: folder.path)
    #expect(errors(metrics) == ["elbo", "lppd", "nll", "ece", "error", "brier"])
    #expect(errors(metrics).isSubset(of: metrics.keys))
  }

  @Test func ofAnEnsemble() throws {
    var configuration = sine(samples: 23)
    configuration.inference.method = .deepEnsemble
    configuration.inference.members = 3
    configuration.objective.metric = "lppd"
    #expect(try errors(run(configuration)) == ["lppd", "nll", "ece", "rmse"])
  }

  @Test func aPointHasNone() throws {
    let folder = try TemporaryFolder()
    let metrics = try run(classes(folder, method: .maximumAPosteriori), directory: folder.path)
    #expect(errors(metrics).isEmpty && metrics["brier"] != nil)
  }

  /// The calibration curve is of the predictions that the usual scores are of.
  @Test func extraScoresChangeNothing() throws {
    let (plain, extra) = (try run(sine(samples: 23)), try run(sine([.waic, .calibrationCurve], samples: 23)))
    for (name, value) in plain { #expect(extra[name] == value, "\(name)") }
  }

  @Test func quickLooksSayNone() throws {
    let context = RecordingContext()
    _ = try run(sine([.learningCurve], samples: 23), context: context)
    #expect(context.logs.contains { $0.hasPrefix("learning-curve: ") })
    #expect(!context.logs.contains { $0.contains("standard_error") })
  }
}
