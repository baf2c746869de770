import Reports
import StudyModel
import Testing

@Suite struct ExplanationReportTests {
  /// A model of the search of the prior, with every part there is.
  private var explanation: ModelExplanation {
    typealias Dimension = ModelExplanation.Dimension
    typealias Prediction = ModelExplanation.Prediction
    let best = Point([
      "inference.prior.kind": "laplace", "inference.prior.scale": 0.1243712, "training.learningRate": 0.0241,
    ])
    let next = Point([
      "inference.prior.kind": "scale-mixture", "inference.prior.scale": 1.25, "inference.prior.mixture.narrow": -6.125,
      "training.learningRate": 0.003,
    ])
    return ModelExplanation(
      metric: "elbo", goal: .maximize, trials: 38, failures: 2, kernel: "matern-5/2", noise: 0.0823,
      compressesOutcomes: true, warpsInputs: true,
      dimensions: [
        Dimension(
          name: "inference.prior.kind", lengthScale: 0.71, importance: 0.31, mainEffect: 0.2034, totalEffect: 0.3351),
        Dimension(
          name: "inference.prior.scale", lengthScale: 0.42, importance: 0.53, mainEffect: 0.514, totalEffect: 0.6612),
        Dimension(
          name: "inference.prior.mixture.narrow", lengthScale: 3.1, importance: 0.07, mainEffect: 0.0004,
          totalEffect: 0.0021),
        Dimension(
          name: "training.learningRate", lengthScale: 2.2, importance: 0.09, mainEffect: 0.061, totalEffect: 0.093),
      ], leaveOneOut: .init(explainedVariance: 0.9312, coverage90: 0.8947, logDensity: 0.113),
      predictedBest: Prediction(point: best, mean: 754.83, standardDeviation: 3.184), bestTrial: 5,
      bestTrialPrediction: Prediction(point: best, mean: 751.2, standardDeviation: 1.87),
      next: .init(
        prediction: Prediction(point: next, mean: 731.1, standardDeviation: 41.7), probabilityOfImprovement: 0.3123,
        novelty: 0.437))
  }

  private func report(_ explanation: ModelExplanation) -> ExplanationReport {
    ExplanationReport(explanation, space: PriorSearch.space)
  }

  @Test func file() throws {
    try expectSnapshot(report(explanation).render(width: nil, style: .plain), "explanation.txt")
  }

  @Test func narrowTerminal() throws {
    try expectSnapshot(report(explanation).render(width: 60, style: .plain), "explanation-narrow.txt")
  }

  @Test func json() throws {
    try expectSnapshot(documentText(report(explanation).json), "explanation.json")
  }

  @Test(arguments: [40, 60, 80, 100, 200]) func nothingIsWiderThanTheTerminal(width: Int) {
    for line in report(explanation).render(width: width, style: .plain).split(separator: "\n") {
      #expect(displayWidth(of: String(line)) <= width, "\(line)")
    }
  }

  /// A study of which little is known: two trials, a model that explains nothing, a space that is exhausted.
  @Test func littleIsKnown() throws {
    var poor = explanation
    (poor.trials, poor.failures, poor.noise, poor.next) = (2, 0, 0.0004, nil)
    (poor.leaveOneOut, poor.compressesOutcomes, poor.warpsInputs) = (nil, false, false)
    try expectSnapshot(report(poor).render(width: 80, style: .plain), "explanation-poor.txt")
    poor.leaveOneOut = .init(explainedVariance: -312, coverage90: 0, logDensity: -40)
    poor.predictedBest.mean = .infinity
    poor.predictedBest.standardDeviation = .nan
    poor.next = explanation.next
    poor.next?.probabilityOfImprovement = 0.0000321
    poor.next?.novelty = 0.02
    try expectSnapshot(report(poor).render(width: 80, style: .plain), "explanation-wrong.txt")
    try expectSnapshot(documentText(report(poor).json), "explanation-wrong.json")
  }
}
