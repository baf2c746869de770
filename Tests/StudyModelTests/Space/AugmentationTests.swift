import StudyModel
import Testing

/// Input noise and shifts in sweep files.
@Suite struct AugmentationTests {
  private static let images = #""idx": {"images": "i", "labels": "l"}"#

  private func read(
    data: String = images, method: String = "maximum-likelihood", metric: String = "lppd",
    likelihood: String = "categorical", kind: String = "hypernetwork", training: String = "{}",
    space: String = #"{"training.inputNoise": {"range": [0.01, 1]}, "training.shift": {"range": [0.1, 3]}}"#,
    more: String = ""
  ) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: """
        {"data": {\(data)}, "model": {"likelihood": {"kind": "\(likelihood)"}}, "inference": {"method": "\(method)"},
         "objective": {"metric": "\(metric)"}, "training": \(training), "space": \(space),
         "strategy": {"kind": "\(kind)", "trials": 4\(more)}}
        """, fileName: "", defaultName: "s")
  }

  private let both: Set<String> = ["training.inputNoise", "training.shift"]

  @Test(arguments: ["maximum-likelihood", "maximum-a-posteriori", "laplace", "bayes-by-backprop"])
  func heldOutDataIsExplored(method: String) throws {
    for metric in ["lppd", "nll"] {
      let configuration = try read(method: method, metric: metric)
      #expect(configuration.exploredDimensions == both && configuration.dimensionsLeftToTrials == [])
    }
  }

  /// A bound is that of clean inputs.
  @Test func aBoundLeavesThemToTrials() throws {
    let space = #"{"training.inputNoise": {"range": [0.01, 1]}, "inference.prior.scale": {"range": [0.1, 1]}}"#
    let configuration = try read(method: "bayes-by-backprop", metric: "elbo", space: space)
    #expect(configuration.dimensionsLeftToTrials == ["training.inputNoise"])
    #expect(throws: ConfigurationError.self) { try read(method: "bayes-by-backprop", metric: "elbo") }
    #expect(throws: ConfigurationError.self) { try read(method: "sgld") }
  }

  @Test func exploredAsLogarithms() throws {
    for path in both {
      let hyperparameter = try #require(Hyperparameter(path: path))
      #expect(hyperparameter.unbounded(1) == 0 && hyperparameter.value(unbounded: 0) == 1)
      #expect(abs(hyperparameter.value(unbounded: hyperparameter.unbounded(0.3)) - 0.3) < 1e-15)
    }
  }

  @Test func nothingIsRelaxedWithNoise() throws {
    let space = #"{"model.activation": {"values": ["relu", "tanh"]}, "model.likelihood.scale": {"range": [0.1, 1]}}"#
    func choices(_ training: String) throws -> Int {
      let configuration = try read(
        data: #""builtin": "noisy-sine""#, method: "bayes-by-backprop", likelihood: "gaussian", training: training,
        space: space)
      return configuration.relaxed(at: configuration.space.point(at: [0.5, 0.5])).count
    }
    #expect(try choices("{}") == 1)
    #expect(try choices(#"{"inputNoise": 0}"#) == 1)
    #expect(try choices(#"{"inputNoise": 0.1}"#) == 0)
  }

  /// Files of earlier studies stay what they were.
  @Test func leftOutAndReadBack() throws {
    let without = try read(kind: "random", space: "{}")
    #expect(without.training.inputNoise == nil && without.training.shift == nil && !without.training.augmentsInputs)
    let written = try #require(without.json.object?["training"]?.object)
    #expect(written["inputNoise"] == nil && written["shift"] == nil)
    let with = try read(kind: "random", training: #"{"inputNoise": 0.2, "shift": 1.5}"#, space: "{}")
    #expect(with.training.inputNoise == 0.2 && with.training.shift == 1.5 && with.training.augmentsInputs)
    #expect(try SweepConfiguration(json: with.json) == with)
    let searched = try read(kind: "random", space: #"{"training.shift": {"values": [0, 1, 2]}}"#)
    #expect(try searched.applying(Point(["training.shift": 2])).training.shift == 2)
  }
}
