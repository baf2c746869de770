import StudyModel
import Testing

@Suite struct NetworkMetricTests {
  @Test func namesReadBack() {
    #expect(Set(NetworkMetric.allCases.map(\.rawValue)).count == NetworkMetric.allCases.count)
    for metric in NetworkMetric.allCases + [.fgsmError(epsilon: 0.05), .prunedError(fraction: 0.98)] {
      #expect(NetworkMetric(rawValue: metric.rawValue) == metric)
      #expect(NetworkMetric(rawValue: metric.standardErrorName) == nil)
    }
  }

  @Test(arguments: [
    ("fgsm_error_0.1", NetworkMetric?.some(.fgsmError(epsilon: 0.1))), ("fgsm_error_0", .fgsmError(epsilon: 0)),
    ("pruned_rmse_0.5", .prunedRMSE(fraction: 0.5)), ("fgsm_error_0.10", nil), ("fgsm_error_1e-1", nil),
    ("fgsm_error_", nil), ("fgsm_error_nan", nil), ("fgsm_error_-1", nil), ("pruned_error_inf", nil),
    ("pruned_error", nil), ("Elbo", nil), ("", nil),
  ]) func numbersInNames(_ name: String, _ metric: NetworkMetric?) {
    #expect(NetworkMetric(rawValue: name) == metric)
  }

  @Test func goals() {
    let maximized = NetworkMetric.allCases.filter { $0.goal == .maximize }.map(\.rawValue)
    #expect(
      maximized == [
        "elbo", "elbo_likelihood", "iw_elbo", "laplace_evidence", "exact_evidence", "ais_evidence", "clml", "waic",
        "psis_loo", "lppd",
      ])
  }
}
