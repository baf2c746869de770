import StudyModel
import Testing

/// A file that is read to train one network.
@Suite struct TrainingPurposeTests {
  private func read(
    _ sections: String, for purpose: SweepConfiguration.Purpose = .training
  ) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: #"{"data": {"builtin": "noisy-sine"}\#(sections)}"#, fileName: "train.json", defaultName: "train",
      for: purpose)
  }

  @Test func needsNoSpaceAndNoStrategy() throws {
    let configuration = try read(#", "training": {"epochs": 3}"#)
    #expect(configuration.training.epochs == 3 && configuration.name == "train")
    #expect(throws: ConfigurationError.self) { try read(#", "training": {"epochs": 3}"#, for: .sweep) }
  }

  @Test func spaceAndStrategyAreLeftOut() throws {
    let space = #""space": {"training.epochs": {"range": [1, 5]}, "training.beta1": {"range": [0, 0.5]}}"#
    let configuration = try read(#", \#(space), "strategy": {"kind": "grid"}, "training": {"epochs": 3}"#)
    #expect(configuration == (try read(#", "training": {"epochs": 3}"#)))
    #expect(configuration.space.count == 0 && configuration.strategy == .init())
  }

  @Test func readsBack() throws {
    let configuration = try read(
      #", "inference": {"ivon": {"hessian": 2}}, "space": {"inference.method": {"values": ["bayes-by-backprop", "#
        + #""ivon"]}}"#)
    let json = configuration.trainingJSON
    #expect(json.object?["space"] == nil && json.object?["strategy"] == nil)
    // The method is not ivon, and its section says nothing.
    #expect(json.object?["inference"]?.object?["ivon"] == nil)
    var expected = configuration
    expected.inference.ivon = .init()
    #expect(try SweepConfiguration(json: json, for: .training) == expected)
  }

  @Test(arguments: [
    (#", "space": {"training.epoch": {"values": [1]}}"#, "did you mean"),
    (#", "strategy": {"kind": "genetic"}"#, "strategy.kind"),
    (#", "inference": {"langevin": {}}"#, "inference.langevin"),
    (#", "inference": {"method": "monte-carlo-dropout"}, "space": {"model.dropout": {"values": [0.5]}}"#, "is 0"),
    (#", "inference": {"prior": {"scale": 0}}"#, "inference.prior.scale"),
    (#", "objective": {"metric": "error"}"#, "objective.metric"),
  ]) func faultsAreTold(_ sections: String, _ part: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(sections) }
    #expect(error?.description.contains(part) == true, "\(error.map(\.description) ?? "")")
  }

  @Test(arguments: [
    (#"{"objective": {"function": "branin"}}"#, "objective.function"),
    (#"{"objective": {"command": ["a"], "metric": "loss", "goal": "minimize"}}"#, "objective.command"),
  ]) func onlyNetworksAreTrained(_ text: String, _ path: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try SweepConfiguration(parsing: text, fileName: "train.json", defaultName: "train", for: .training)
    }
    #expect(error?.issues.map(\.path.description) == [path])
  }
}
