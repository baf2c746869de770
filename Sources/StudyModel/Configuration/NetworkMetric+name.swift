/// The raw values are the names. Metrics that there are many of end with their number: `fgsm_error_0.1`.
extension NetworkMetric: RawRepresentable {
  package init?(rawValue: String) {
    if let fixed = Self.allCases.first(where: { $0.rawValue == rawValue }) {
      self = fixed
      return
    }
    for family in Self.families where rawValue.hasPrefix(family.prefix) {
      guard let number = Double(rawValue.dropFirst(family.prefix.count)), number.isFinite, number >= 0 else { continue }
      let metric = family.make(number)
      // One name for each metric: 0.1, and not 0.10 or 1e-1.
      if metric.rawValue == rawValue {
        self = metric
        return
      }
    }
    return nil
  }

  package var rawValue: String {
    switch self {
    case .elbo: "elbo"
    case .elboLikelihood: "elbo_likelihood"
    case .elboComplexity: "elbo_complexity"
    case .importanceWeightedELBO: "iw_elbo"
    case .laplaceEvidence: "laplace_evidence"
    case .exactEvidence: "exact_evidence"
    case .aisEvidence: "ais_evidence"
    case .clml: "clml"
    case .waic: "waic"
    case .psisLOO: "psis_loo"
    case .kHat: "k_hat"
    case .lppd: "lppd"
    case .nll: "nll"
    case .rmse: "rmse"
    case .error: "error"
    case .brier: "brier"
    case .ece: "ece"
    case .fgsmError(let epsilon): "fgsm_error_" + Self.text(epsilon)
    case .prunedError(let fraction): "pruned_error_" + Self.text(fraction)
    case .prunedRMSE(let fraction): "pruned_rmse_" + Self.text(fraction)
    }
  }

  /// The name of its Monte Carlo standard error.
  package var standardErrorName: String { rawValue + Self.standardErrorSuffix }

  private static let families: [(prefix: String, make: @Sendable (Double) -> Self)] = [
    ("fgsm_error_", { .fgsmError(epsilon: $0) }), ("pruned_error_", { .prunedError(fraction: $0) }),
    ("pruned_rmse_", { .prunedRMSE(fraction: $0) }),
  ]

  private static func text(_ number: Double) -> String {
    JSONValue.number(number).canonical.serialized()
  }
}

/// Those with a fixed name, in the order of the tables.
extension NetworkMetric: CaseIterable {
  package static let allCases: [Self] = [
    .elbo, .elboLikelihood, .elboComplexity, .importanceWeightedELBO, .laplaceEvidence, .exactEvidence, .aisEvidence,
    .clml, .waic, .psisLOO, .kHat, .lppd, .nll, .rmse, .error, .brier, .ece,
  ]
}
