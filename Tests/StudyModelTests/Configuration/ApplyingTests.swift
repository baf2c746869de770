import StudyModel
import Testing

@Suite struct ApplyingTests {
  private let configuration = try! SweepConfiguration(
    parsing: #"{"data": {"builtin": "noisy-sine"}, "strategy": {"trials": 1}}"#, fileName: "sweep.json",
    defaultName: "sweep")

  @Test func valuesAreMerged() throws {
    let point = Point([
      "model.hidden": [20, 30], "inference.prior.kind": "scale-mixture", "inference.prior.mixture.wide": -1,
      "inference.prior.mixture.narrow": -7.5, "training.learningRate": 0.25, "training.epochs": 7,
      "model.likelihood.learned": true,
    ])
    let result = try configuration.applying(point)
    #expect(result.model.hidden == [20, 30] && result.model.likelihood.learned)
    #expect(result.inference.prior.kind == .scaleMixture)
    #expect(result.inference.prior.mixture.wide == -1 && result.inference.prior.mixture.narrow == -7.5)
    #expect(result.training.learningRate == 0.25 && result.training.epochs == 7)
    var expected = configuration
    (expected.model, expected.inference, expected.training) = (result.model, result.inference, result.training)
    #expect(result == expected)
  }

  @Test(arguments: [
    (Point(["training.learningRate": 0]), "training.learningRate"),
    (Point(["training.rate": 1]), "no field has this path"),
    (Point(["model.hidden": [5, 0]]), "model.hidden[1]"), (Point(["training": 1]), "no field has this path"),
    (Point(["inference.prior.kind": "scale-mixture", "inference.prior.mixture.wide": -9]), "narrow"),
    (Point(["model.likelihood.kind": "categorical"]), "regression set"),
  ]) func faults(_ point: Point, _ part: String) {
    let error = #expect(throws: ConfigurationError.self) { try configuration.applying(point) }
    #expect(error?.description.contains(part) == true, "\(error.map(\.description) ?? "")")
  }
}
