extension InferenceConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("method", \.method, .choice, "How the posterior over the weights is found."),
    .value("estimator", \.estimator, .choice, "How the gradient of the expected likelihood is estimated."),
    .value(
      "complexity", \.complexity, .choice,
      "The cost KL[q || prior]. automatic: in closed form where there is one, by sampling otherwise. sampled: "
        + "log q(w) - log p(w) at the sampled weights."),
    .value("samples", \.samples, .atLeast(1), "Posterior samples for each training step."),
    .value(
      "evaluationSamples", \.evaluationSamples, .atLeast(1),
      "Posterior samples for the scores. The lppd is the logarithm of a mean over them, and so too low on average with "
        + "few; to compare far from the training data, take thousands."),
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
    .optional("wide", \.wide, .within(-30, 30), "ln s1.", default: "the logarithm of prior.scale"),
    .value("narrow", \.narrow, .within(-30, 30), "ln s2."),
  ])
}

extension InferenceConfiguration.Initialization: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "scheme", \.scheme, .choice,
      "Where mu starts. uniform: between -mean and mean, as in the paper. fan-in: by the number of inputs of each unit "
        + "(He et al. 2015), weights between +-sqrt(6 / inputs) for relu and +-sqrt(3 / inputs) for the others, biases "
        + "between +-1 / sqrt(inputs); for layers wider than about 100 units."),
    .value("mean", \.mean, .positive, "uniform: mu starts uniformly between -mean and mean."),
    .value("rhoLow", \.rhoLow, .finite, "rho starts uniformly between rhoLow and rhoHigh; sigma is softplus(rho)."),
    .value("rhoHigh", \.rhoHigh, .finite, "The upper end for rho."),
  ])
}
