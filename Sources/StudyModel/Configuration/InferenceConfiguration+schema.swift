extension InferenceConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "method", \.method, .choice,
      "How the posterior over the weights is found. Points: maximum-likelihood, maximum-a-posteriori, swa. Sets of "
        + "points: deep-ensemble, monte-carlo-dropout. Variational: bayes-by-backprop, radial, hwa, ivon. Chains: "
        + "sgld, preconditioned-sgld, cyclical-sgld. Gaussians around a point: laplace, swag. hypernetwork: implicit "
        + "weights."
    ),
    .value(
      "estimator", \.estimator, .choice,
      "bayes-by-backprop and hwa: how the gradient of the expected likelihood is estimated. weight-sampling: weights "
        + "are drawn. local-reparameterization: activations are drawn (Kingma et al. 2015). flipout: weights are "
        + "drawn, and random signs make them differ between examples (Wen et al. 2018)."),
    .value(
      "complexity", \.complexity, .choice,
      "The cost KL[q || prior]. automatic: in closed form where there is one, by sampling otherwise. sampled: "
        + "log q(w) - log p(w) at the sampled weights."),
    .value("samples", \.samples, .atLeast(1, most: 10_000), "Posterior samples for each training step."),
    .value(
      "evaluationSamples", \.evaluationSamples, .atLeast(1, most: 1_000_000),
      "Posterior samples for the scores of the validation data. The lppd is the logarithm of a mean over them, and so too low on average with "
        + "few; to compare far from the training data, take thousands."),
    .value(
      "temperature", \.temperature, .positive,
      "T, the weight of the complexity cost and of the noise of a chain. Below 1 the posterior is cold. Evidence is "
        + "defined at 1 alone."),
    .value(
      "klWarmupEpochs", \.klWarmupEpochs, .atLeast(0),
      "Variational methods: epochs in which the weight of the complexity cost grows from 0 to the whole."),
    .value("members", \.members, .atLeast(1, most: 10_000), "deep-ensemble: how many networks are trained."),
    .section("langevin", \.langevin, "sgld, preconditioned-sgld and cyclical-sgld: the chain."),
    .section("averaging", \.averaging, "swa, swag and hwa: which iterates are averaged."),
    .section("ivon", \.ivon, "ivon: the improved variational online Newton method (Shen et al. 2024)."),
    .section(
      "hypernetwork", \.hypernetwork, "hypernetwork: the network that maps noise to weights, and its objective."),
    .section("laplace", \.laplace, "laplace: a Gaussian around the maximum a posteriori."),
    .section("prior", \.prior, "The prior of the weights."),
    .section("initialization", \.initialization, "Where the posterior starts."),
  ])
}

extension InferenceConfiguration.Prior: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "kind", \.kind, .choice,
      "The family of the prior. graves: a Gaussian whose mean and variance are refitted to the posterior after each "
        + "step, sigma^2 = mean(sigma_i^2 + (mu_i - mu)^2) (Graves 2011); it has no other key."),
    .value(
      "scale", \.scale, .positive,
      "Standard deviation of the gaussian, b of the laplace distribution, s1 of the mixture."),
    .optional(
      "per", \.per, .choice,
      "gaussian: which weights share a scale. layer: those of each layer with weights, biases included. weight: none.",
      default: "layer where scales is given; else all weights share scale"),
    .optional(
      "scales", \.scales,
      .array(of: .positive, "an array of at least one number above 0, such as [1.0, 0.3]", minimumCount: 1),
      "gaussian: the scale of each layer or weight, from the input to the output; those that are not listed have scale. "
        + "Searched one by one as \"inference.prior.scales.0\" and so on, or all at once with \"count\"."),
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
    .optional(
      "scheme", \.scheme, .choice,
      "Where mu starts. uniform: between -mean and mean, as in the paper. fan-in: by the number of inputs of each unit "
        + "(He et al. 2015), weights between +-sqrt(6 / inputs) for relu and +-sqrt(3 / inputs) for the others, biases "
        + "between +-1 / sqrt(inputs); for layers wider than about 100 units.",
      default: "uniform for bayes-by-backprop, radial and hwa, fan-in for the others"),
    .value("mean", \.mean, .positive, "uniform: mu starts uniformly between -mean and mean."),
    .value("rhoLow", \.rhoLow, .finite, "rho starts uniformly between rhoLow and rhoHigh; sigma is softplus(rho)."),
    .value("rhoHigh", \.rhoHigh, .finite, "The upper end for rho."),
  ])
}
