import GaussianProcesses
import SearchStrategies
import StudyModel
import Testing

@Suite struct ModelFitTests {
  private func fit(warps: Bool) -> ModelFit {
    let numbers = (0..<3).map { 1 / (Double($0) + 0.3) }
    return ModelFit(
      count: 17,
      Hyperparameters(
        lengthScales: numbers, inactiveDistances: numbers.map { $0 * 1e-9 },
        warps: warps ? numbers.map { KumaraswamyWarp(a: $0, b: 1 / $0) } : nil, signalVariance: 1.0 / 3,
        noiseVariance: .leastNormalMagnitude, mean: -0.1))
  }

  @Test(arguments: [true, false]) func `it comes back from its text bit for bit`(warps: Bool) throws {
    let fit = fit(warps: warps)
    let text = fit.json.serialized()
    let again = try #require(ModelFit(try JSONValue(parsing: text), features: 3))
    #expect(again == fit)
    for (a, b) in zip(again.hyperparameters.lengthScales, fit.hyperparameters.lengthScales) {
      #expect(a.bitPattern == b.bitPattern)
    }
  }

  @Test func `numbers without a fraction come back too`() throws {
    let fit = ModelFit(
      count: 1, Hyperparameters(lengthScales: [1, 2], signalVariance: 1, noiseVariance: 0, mean: -0.0))
    #expect(ModelFit(try JSONValue(parsing: fit.json.serialized()), features: 2) == fit)
  }

  @Test func `what is no fit is none`() {
    let fit = fit(warps: true)
    #expect(ModelFit(nil, features: 3) == nil && ModelFit("fit", features: 3) == nil)
    #expect(ModelFit(fit.json, features: 2) == nil)
    let changes: [(String, JSONValue)] = [
      ("trials", 0), ("trials", -3), ("lengthScales", [1, 2]), ("lengthScales", [1, "2", 3]),
      ("lengthScales", [1, 0, 3]),
      ("inactiveDistances", .null), ("signalVariance", -1), ("noiseVariance", -1), ("mean", "x"), ("warps", [[1, 2]]),
      ("warps", [[1, 2], [1, 2], [1]]), ("warps", [[1, 2], [1, 2], [0, 1]]),
    ]
    for (key, value) in changes {
      var object = fit.json.object ?? [:]
      object[key] = value
      #expect(ModelFit(.object(object), features: 3) == nil, "\(key) \(value)")
    }
  }
}
