import ModelSelection
import StudyModel
import Testing

private let space = SearchSpace([
  Dimension("inference.prior.kind", .values(["gaussian", "laplace", "scale-mixture"])),
  Dimension("inference.prior.scale", .float(0.1...1, log: true, steps: nil)),
  Dimension("training.optimizer", .values(["adam"])),
])

private func prior(_ number: Int, _ kind: String, elbo: [Double], lppd: [Double]) -> TrialRecord {
  trial(
    number, ["inference.prior.kind": .string(kind), "inference.prior.scale": 0.5],
    runs: zip(elbo, lppd).map { ["elbo": $0, "lppd": $1, "rmse": -$1, "elbo_standard_error": 0.1] })
}

private func selection(_ trials: [TrialRecord]) -> Selection {
  Selection(objective: objective("elbo", .maximize), space: space, trials: trials)
}

@Suite struct SelectionTests {
  @Test func winnersByEveryMetric() {
    let selection = selection([
      prior(0, "gaussian", elbo: [-5, -5], lppd: [2, 2]),
      failedTrial(1, reason: "diverged"),
      prior(2, "laplace", elbo: [-3, -3], lppd: [1, 1]),
    ])
    #expect(selection.best?.trial.number == 2)
    #expect(selection.metrics == ["elbo", "elbo_standard_error", "lppd", "rmse"])
    #expect(selection.others.map(\.metric) == ["lppd", "rmse"])
    #expect(selection.others.map { $0.best?.trial.number } == [0, 0])
    #expect(selection.ranking(by: "rmse")?.goal == .minimize)
    #expect(selection.ranking(by: "elbo")?.metric == "elbo")
    #expect(selection.ranking(by: "elbo_standard_error") == nil)
  }

  @Test func evidenceAndValidationDiffer() throws {
    let selection = selection([
      prior(0, "gaussian", elbo: [-5, -5.5], lppd: [2, 2.1]), prior(1, "laplace", elbo: [-3, -3.1], lppd: [1, 1.2]),
      prior(2, "laplace", elbo: [-4, -4], lppd: [0, 0]),
    ])
    let agreement = try #require(selection.agreements.first)
    #expect(agreement.validation.metric == "lppd")
    #expect(agreement.verdict == .different)
    #expect(abs(agreement.validationLoss.mean - 0.95) < 1e-12)
    #expect(abs(agreement.validationLoss.inStandardErrors! - 19) < 1e-9)
    #expect(abs(agreement.evidenceLoss.mean - 2.2) < 1e-12)
    #expect(agreement.rankCorrelation == -0.5)
    // rmse is minimised: the same order of trials is the same correlation.
    #expect(selection.agreements.last?.validation.metric == "rmse")
    #expect(selection.agreements.last?.rankCorrelation == -0.5)
  }

  @Test func evidenceAndValidationAgree() {
    let same = selection([prior(0, "gaussian", elbo: [1], lppd: [1]), prior(1, "gaussian", elbo: [0], lppd: [0])])
    #expect(same.agreements.allSatisfy { $0.verdict == .same })
    let noise = selection([
      prior(0, "gaussian", elbo: [1, 1], lppd: [0, 1.2]), prior(1, "gaussian", elbo: [0, 0], lppd: [1.3, 0]),
    ])
    #expect(noise.agreements.first?.verdict == .indistinguishable)
    // Losses -0.1 and 3: mean 1.45, standard error 1.55. Losses 0.9 and 3: 1.95 and 1.05. Losses 1.1 and 2.9: 2 and 0.9.
    for (losses, verdict) in [
      ([-0.1, 3], Agreement.Verdict.indistinguishable), ([0.9, 3], .indistinguishable), ([1.1, 2.9], .different),
    ] {
      let pair = selection([
        prior(0, "gaussian", elbo: [1, 1], lppd: losses.map { -$0 }),
        prior(1, "gaussian", elbo: [0, 0], lppd: [0, 0]),
      ])
      #expect(pair.agreements.first?.verdict == verdict)
    }
    let single = selection([prior(0, "gaussian", elbo: [1], lppd: [0]), prior(1, "gaussian", elbo: [0], lppd: [1])])
    #expect(single.agreements.first?.verdict == .unknown)
  }

  @Test func everyEstimateOfTheEvidenceCounts() {
    func evidence(_ objectiveMetric: String, _ metrics: [String: Double]...) -> [String] {
      let trials = metrics.enumerated().map { trial($0, runs: [$1]) }
      let goal = objective(objectiveMetric, .maximize)
      return Selection(objective: goal, space: SearchSpace(), trials: trials).agreements.map(\.evidence.metric)
    }
    for name in ["laplace_evidence", "exact_evidence", "ais_evidence", "iw_elbo", "clml", "elbo"] {
      #expect(evidence("lppd", ["lppd": 1, name: 2], ["lppd": 2, name: 1]) == [name])
      // The objective itself where it is one, whatever else there is.
      #expect(evidence(name, ["waic": 1, "lppd": 1, name: 2], ["waic": 2, "lppd": 2, name: 1]) == [name])
    }
    #expect(evidence("clml", ["lppd": 1, "clml": 2, "elbo": 1], ["lppd": 2, "clml": 1, "elbo": 2]) == ["clml"])
    #expect(evidence("lppd", ["lppd": 1, "clml": 2, "elbo": 1], ["lppd": 2, "clml": 1, "elbo": 2]) == ["elbo"])
    #expect(evidence("lppd", ["lppd": 1, "ais_effective_samples": 2, "waic": 1]).isEmpty)
  }

  @Test func objectivesWithoutEvidenceHaveNothingToAgree() {
    let selection = Selection(
      objective: objective("y", .minimize), space: SearchSpace(), trials: [trial(0, runs: [["y": 1]])])
    #expect(selection.agreements.isEmpty)
    #expect(selection.best?.value.mean == 1)
  }

  @Test func categoriesByTheirBestTrial() throws {
    let selection = selection([
      prior(0, "gaussian", elbo: [-5], lppd: [2]), prior(1, "laplace", elbo: [-3], lppd: [1]),
      prior(2, "laplace", elbo: [-9], lppd: [1]), prior(3, "scale-mixture", elbo: [-4], lppd: [1]),
    ])
    let kinds = try #require(selection.categories.first)
    #expect(selection.categories.count == 1)
    #expect(kinds.dimension == "inference.prior.kind")
    #expect(kinds.categories.map(\.value) == ["laplace", "scale-mixture", "gaussian"])
    #expect(kinds.categories.map(\.best.trial.number) == [1, 3, 0])
    #expect(kinds.categories.map(\.count) == [2, 1, 1])
    #expect(kinds.categories[0].trials.mean == -6)
  }

  @Test func nothingDone() {
    let selection = selection([failedTrial(0, reason: "x")])
    #expect(selection.best == nil)
    #expect(selection.metrics.isEmpty && selection.others.isEmpty && selection.categories.isEmpty)
  }
}
