extension InferenceConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("method", \.method, .choice, "How the posterior over the weights is found."),
    .value("estimator", \.estimator, .choice, "How the gradient of the expected likelihood is estimated."),
    .value(
      "complexity", \.complexity, .choice,
      "The cost KL[q || prior]. automatic: in closed form where there is one, by sampling otherwise. sampled: "
        + "log q(w) - log p(w) at the sampled weights."),
    .value("samples", \.samples, .atLeast(1), "Posterior samples for each training step."),
    .value("evaluationSamples", \.evaluationSamples, .atLeast(1), "Posterior samples for the scores."),
    .section("prior", \.prior, "The prior of the weights."),
    .section("initialization", \.initialization, "Where the posterior starts."),
  ])
}

extension InferenceConfiguration.Prior: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("kind", \.kind, .choice, "The family of the prior."),
    .value(
      "scale", \.scale, .positive,
      "Standard deviation of the gaussian, b of the laplace distribution, s1 of the mixture."),
    .section("mixture", \.mixture, "The scale mixture pi N(0, s1^2) + (1 - pi) N(0, s2^2)."),
  ])
}

extension InferenceConfiguration.Prior.Mixture: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("weight", \.weight, .betweenZeroAndOne, "pi, the weight of the wide component."),
    .optional("wide", \.wide, .finite, "ln s1.", default: "the logarithm of prior.scale"),
    .value("narrow", \.narrow, .finite, "ln s2."),
  ])
}

extension InferenceConfiguration.Initialization: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("mean", \.mean, .positive, "mu starts uniformly between -mean and mean."),
    .value("rhoLow", \.rhoLow, .finite, "rho starts uniformly between rhoLow and rhoHigh; sigma is softplus(rho)."),
    .value("rhoHigh", \.rhoHigh, .finite, "The upper end for rho."),
  ])
}
