import ModelSelection
import StudyModel
import Testing

@Suite struct MetricGoalsTests {
  @Test(arguments: [
    ("elbo", MetricGoals.Goal?.some(.maximize)), ("elbo_likelihood", .maximize), ("elbo_complexity", nil),
    ("iw_elbo", .maximize), ("laplace_evidence", .maximize), ("exact_evidence", .maximize), ("ais_evidence", .maximize),
    ("clml", .maximize), ("waic", .maximize), ("psis_loo", .maximize), ("brier", .minimize),
    ("fgsm_error_0.1", .minimize), ("pruned_error_0.95", .minimize), ("pruned_rmse_0.5", .minimize), ("k_hat", nil),
    ("best_epoch", nil), ("waic_standard_error", nil), ("fgsm_error_0.1_standard_error", nil),
    ("noise", nil),
    ("lppd", .maximize), ("rmse", .minimize), ("error", .minimize), ("nll", .minimize), ("ece", .minimize),
    ("loss", .minimize), ("elbo_standard_error", nil), ("train_seconds", nil), ("seconds", nil),
  ])
  func naturalDirection(metric: String, goal: MetricGoals.Goal?) {
    for objectiveGoal in MetricGoals.Goal.allCases {
      #expect(MetricGoals(objective: "y", goal: objectiveGoal).goal(of: metric) == goal)
    }
  }

  @Test func unknownMetricsFollowTheObjective() {
    #expect(MetricGoals(objective: "y", goal: .minimize).goal(of: "depth") == .minimize)
    #expect(MetricGoals(objective: "y", goal: .maximize).goal(of: "depth") == .maximize)
  }

  @Test func theSweepFileDecidesForItsObjective() {
    #expect(MetricGoals(objective: "rmse", goal: .maximize).goal(of: "rmse") == .maximize)
    #expect(MetricGoals(objective: "elbo_complexity", goal: .minimize).goal(of: "elbo_complexity") == .minimize)
    #expect(MetricGoals(objective: "wall_seconds", goal: .minimize).goal(of: "wall_seconds") == .minimize)
  }

  @Test func orderOfTables() {
    let goals = MetricGoals(objective: "rmse", goal: .minimize)
    let metrics: Set = ["zeta", "lppd", "elbo_standard_error", "alpha", "elbo", "rmse", "elbo_complexity"]
    #expect(
      goals.ordered(metrics) == ["rmse", "elbo", "elbo_standard_error", "elbo_complexity", "lppd", "alpha", "zeta"])
  }

  @Test func metricsWithANumberFollowTheNetworksOthers() {
    let goals = MetricGoals(objective: "lppd", goal: .maximize)
    let metrics: Set = [
      "alpha", "accuracy", "pruned_error_0.95", "fgsm_error_0.1_standard_error", "fgsm_error_0.1", "fgsm_error_0.05",
      "ece", "lppd", "waic_standard_error", "waic",
    ]
    #expect(
      goals.ordered(metrics) == [
        "lppd", "waic", "waic_standard_error", "ece", "fgsm_error_0.05", "fgsm_error_0.1",
        "fgsm_error_0.1_standard_error", "pruned_error_0.95", "accuracy", "alpha",
      ])
  }

  @Test func notANumberIsNeverBetter() {
    for goal in MetricGoals.Goal.allCases {
      #expect(!goal.isBetter(.nan, than: 0))
      #expect(goal.isBetter(0, than: .nan))
      #expect(!goal.isBetter(.nan, than: .nan))
      #expect(!goal.isBetter(1, than: 1))
    }
  }
}
