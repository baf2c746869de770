import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct PredictiveScoresTests {
  /// A variational posterior of a small network that is unsure of its weights.
  private func fixture(
    _ likelihood: Likelihood, outputs: Int = 3
  ) -> (predictive: MonteCarloPredictive<Float>, data: Examples<Float>) {
    let model = BayesianModel(
      network: Network(inputs: 2, hidden: [5], outputs: outputs), likelihood: likelihood, prior: GaussianPrior())
    let count = model.network.parameterCount
    let means = Vector<Float>.normal(RandomKey(seed: 1), count: count).array
    let rhos = Array(repeating: Float.inverseSoftplus(0.4), count: count)
    let state = TrainingState<Float>(parameters: Vector(means + rhos), optimizer: [], step: 0)
    return (
      MonteCarloPredictive(state.variationalPosterior(of: model), model: model),
      examples(likelihood, rows: 60, inputs: 2, outputs: outputs)
    )
  }

  /// The reported errors against the spread of the scores under other keys.
  @Test(arguments: [Likelihood.gaussian(scale: 0.8), .categorical])
  func standardErrorsAreTheSpreadUnderOtherKeys(_ likelihood: Likelihood) throws {
    let (predictive, data) = fixture(likelihood)
    let draws = (0..<200).map { draw in
      Evaluation(samples: 50, scaling: TargetScaling(mean: 1, scale: 3), key: RandomKey(seed: UInt64(draw)))
        .predictiveScores(of: predictive, data: data, hasErrors: true)
    }
    let names = likelihood == .categorical ? ["lppd", "nll", "ece", "error"] : ["lppd", "nll", "ece", "rmse"]
    let (values, errors) = (draws.map(\.values), draws.map(\.standardErrors))
    #expect(Set(errors[0].keys) == Set(names.map { "\($0)_standard_error" }))
    var ratios: [String: Double] = [:]
    func compare(_ name: String, _ values: [Double], _ errors: [Double]) throws {
      let spread = try #require(Estimate.mean(values).standardError) * Double(values.count).squareRoot()
      let reported = Estimate.mean(errors.map { $0 * $0 }).value.squareRoot()
      ratios[name] = reported / spread
    }
    for name in names {
      try compare(name, values.map { $0[name]! }, errors.map { $0["\(name)_standard_error"]! })
    }
    if likelihood == .categorical {
      let brier = draws.compactMap(\.brierScore)
      try compare("brier", brier.map(\.value), brier.compactMap(\.standardError))
    }
    // Points that leave their bin of the confidence make ece jump, and its error too large.
    for (name, ratio) in ratios {
      #expect(ratio > 0.5 && ratio < (name == "ece" ? 3.5 : 2), "\(name): \(ratio)")
    }
  }

  @Test func quickLooksHaveTheSameValuesAndNoErrors() {
    for likelihood in [Likelihood.gaussian(scale: 0.8), .categorical] {
      let (predictive, data) = fixture(likelihood)
      let evaluation = Evaluation(samples: 30, key: RandomKey(seed: 2))
      let look = evaluation.scores(of: predictive, data: data)
      #expect(look == evaluation.predictiveScores(of: predictive, data: data, hasErrors: true).values)
      #expect(!look.keys.contains { $0.hasSuffix("_standard_error") })
      #expect(evaluation.predictiveScores(of: predictive, data: data).standardErrors.isEmpty)
    }
  }

  @Test func errorsAreInTheUnitsOfTheTargets() {
    let (predictive, data) = fixture(.gaussian(scale: 0.8), outputs: 2)
    func errors(_ scaling: TargetScaling) -> [String: Double] {
      Evaluation(samples: 30, scaling: scaling, key: RandomKey(seed: 2))
        .predictiveScores(of: predictive, data: data, hasErrors: true).standardErrors
    }
    let (plain, scaled) = (errors(.identity), errors(TargetScaling(mean: 7, scale: 16)))
    for (name, error) in plain {
      let expected = name == "rmse_standard_error" ? 16 * error : error
      #expect(abs(scaled[name]! - expected) < 1e-10 * expected, "\(name)")
    }
  }

  /// One sample, or one that is the same every time: nothing varies, and nothing is said of it.
  @Test func aSingleSampleHasNoError() {
    let (predictive, data) = fixture(.categorical)
    let one = Evaluation(samples: 1, key: RandomKey(seed: 2))
      .predictiveScores(of: predictive, data: data, hasErrors: true)
    #expect(one.standardErrors.isEmpty && one.brierScore?.standardError == nil && one.brierScore != nil)
    let members = (0..<3).map { member in
      Vector<Float>.normal(RandomKey(seed: UInt64(member)), count: predictive.model.parameterCount)
    }
    func errors(_ members: [Vector<Float>]) -> [String: Double] {
      Evaluation(samples: 20, key: RandomKey(seed: 2)).predictiveScores(
        of: MonteCarloPredictive(SampleSetPosterior(members), model: predictive.model), data: data, hasErrors: true
      ).standardErrors
    }
    #expect(errors(Array(members[..<1])).isEmpty && errors(members)["lppd_standard_error"]! > 0)
  }
}
