import Foundation
import Objectives
import StudyModel
import Testing

/// Dimensions that change nothing.
@Suite struct ExplorationDependenceTests: ExplorationRunning {
  /// The one input is constant, and 0 when it is standardised: dropped or not, the network sees the same.
  @Test(arguments: [SweepConfiguration.Strategy.Kind.gradient, .hypernetwork])
  func aDimensionWithoutEffectIsNamed(kind: SweepConfiguration.Strategy.Kind) throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map { "3,\(sin(Double($0)))\n" }
    try folder.write("x,y\n" + rows.joined(), to: "data.csv")
    var configuration = sine()
    configuration.data?.builtin = nil
    configuration.data?.points = nil
    configuration.data?.csv = "data.csv"
    configuration.data?.target = "y"
    configuration.model.dropout = 0.1
    configuration.model.inputDropout = 0.1
    configuration.inference.method = .maximumAPosteriori
    configuration.objective.metric = "nll"
    configuration.objective.goal = .minimize
    configuration.strategy.kind = kind
    let text = refusal(configuration, .init("model.inputDropout", 0.01...0.5), directory: folder.path)
    #expect(text.hasPrefix("model.inputDropout: neither") && text.contains("searched by trials"), "\(text)")
    // The hidden units have biases.
    for name in ["model.dropout", "model.likelihood.scale", "inference.prior.scale"] {
      let survey = try explore(configuration, [.init(name, 0.01...0.5)], directory: folder.path)
      #expect(survey.optimum.mean.isFinite, "\(name)")
    }
  }
}
