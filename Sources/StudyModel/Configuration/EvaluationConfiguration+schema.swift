extension EvaluationConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "scores", \.scores, .array(of: .choice, "an array of scores, such as [\"brier\", \"waic\"]"),
      "Extra scores; that of the objective's metric is always there. brier. waic and psis-loo: leave-one-out "
        + "estimates, sums over the training data. importance-weighted: log (1/K) sum_k p(D, w_k) / q(w_k) (Burda et "
        + "al. 2016). clml: conditional log marginal likelihood (Lotfi et al. 2022). laplace-evidence. exact-evidence: "
        + "of a linear model. ais: annealed importance sampling (Neal 2001), for small models. pruning: the error "
        + "after weights were set to 0. fgsm: the error after the fast gradient sign method (Goodfellow et al. 2015). "
        + "calibration-curve. weight-histogram. loss-plane: the loss on the plane of the path's two principal "
        + "components. learning-curve: the scores of all validation rows at about twenty ends of epochs. Curves, "
        + "histograms and planes are lines of the run's log, in JSON."),
    .value(
      "importanceSamples", \.importanceSamples, .atLeast(1, most: 1_000_000),
      "importance-weighted: K, the samples of each bound."),
    .optional(
      "elboSamples", \.elboSamples, .atLeast(1, most: 1_000_000),
      "Variational methods: posterior samples for the elbo, each of them a pass over all training data. Its standard "
        + "error, elbo_standard_error, says whether they are enough.",
      default: "inference.evaluationSamples, and 100 at most"),
    .section("conditional", \.conditional, "clml: what is conditioned on."),
    .section("ais", \.ais, "ais: how it is annealed."),
    .section("pruning", \.pruning, "pruning: which weights go, and how many."),
    .section("fgsm", \.fgsm, "fgsm: how far the inputs are moved."),
  ])
}

extension EvaluationConfiguration.Pruning: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "by", \.by, .choice,
      "signal-to-noise: the least abs(mu) / sigma goes first (Blundell et al. 2015). graves: the greatest "
        + "exp(-mu^2 / 2 sigma^2) goes first (Graves 2011)."),
    .value(
      "fractions", \.fractions,
      .array(of: .belowOne, "an array of numbers of at least 0 and less than 1", minimumCount: 1),
      "Fractions of the weights that are set to 0. Each gives a metric, such as pruned_error_0.95."),
  ])
}

extension EvaluationConfiguration.FGSM: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "epsilons", \.epsilons, .array(of: .nonNegative, "an array of numbers of at least 0", minimumCount: 1),
      "Lengths of the step along the sign of the gradient, in the units of the network's inputs. Each gives a metric, "
        + "such as fgsm_error_0.1.")
  ])
}

extension EvaluationConfiguration.AIS: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("temperatures", \.temperatures, .atLeast(2, most: 1_000_000), "Steps from the prior to the posterior."),
    .value(
      "chains", \.chains, .atLeast(1, most: 100_000),
      "Independent chains; the standard error comes from them, and is too small where few of them carry the weight: "
        + "ais_effective_samples near 1, which the run's log warns of."),
  ])
}

extension EvaluationConfiguration.Conditional: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "fraction", \.fraction, .betweenZeroAndOne,
      "Part of the training data that is conditioned on; the rest is predicted. The more rows are predicted at once, the "
        + "fewer posterior samples carry the weight: where clml_effective_samples is near 1, which the run's log warns "
        + "of, value and standard error are both too small.")
  ])
}
