extension InferenceConfiguration.Langevin: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "burnIn", \.burnIn, .belowOne, "sgld and preconditioned-sgld: fraction of the steps before samples are kept."),
    .value(
      "samples", \.samples, .atLeast(1, most: 1_000_000),
      "At most so many samples of the chain are kept, evenly spaced."),
    .value(
      "cycles", \.cycles, .atLeast(1, most: 1_000_000),
      "cyclical-sgld: M, the cycles of the learning rate alpha_k = alpha_0 / 2 [cos(pi mod(k - 1, ceil(K / M)) / "
        + "ceil(K / M)) + 1] (Zhang et al. 2020)."),
    .value("exploration", \.exploration, .belowOne, "cyclical-sgld: fraction of each cycle without noise."),
    .value(
      "preconditionerDecay", \.preconditionerDecay, .decay,
      "preconditioned-sgld: decay of the mean square V of the gradient; steps are scaled by 1 / (epsilon + sqrt V) "
        + "(Li et al. 2016)."),
    .value("preconditionerEpsilon", \.preconditionerEpsilon, .positive, "preconditioned-sgld: epsilon."),
  ])
}

extension InferenceConfiguration.Averaging: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("start", \.start, .belowOne, "Fraction of the steps after which iterates are averaged."),
    .value("everyEpochs", \.everyEpochs, .atLeast(1), "Epochs between two iterates that are averaged."),
    .value(
      "rank", \.rank, .atLeast(2, most: 10_000),
      "swag: K, how many of the last deviations from the mean span the low-rank part of the covariance."),
    .value(
      "form", \.form, .choice,
      "hwa: corrected: variance = mean square - squared mean + mean of sigma^2 (the law of total variance). printed: "
        + "as in the paper, where the variance can become negative; for comparison only."),
  ])
}

extension InferenceConfiguration.IVON: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "hessian", \.hessian, .positive,
      "h at the start: of a regression near 1 / noise^2 in the units that the network sees, for with a far smaller h the "
        + "first steps go too far."),
    .value("beta2", \.beta2, .decay, "Decay of h."),
    .optional(
      "effectiveSampleSize", \.effectiveSampleSize, .positive, "ess in sigma^2 = 1 / (ess (h + delta)).",
      default: "the number of training examples"),
  ])
}

extension InferenceConfiguration.Hypernetwork: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "hidden", \.hidden, .array(of: .atLeast(1), "an array of whole numbers of at least 1, such as [100, 50]"),
      "Units of each hidden layer of the hypernetwork; empty is a linear map of the noise."),
    .optional(
      "inputs", \.inputs, .atLeast(1), "Dimension of the noise that is mapped to weights.",
      default: "as many as the first hidden layer of the hypernetwork has units, or 1 without one"),
    .value("inputScale", \.inputScale, .positive, "Standard deviation of the noise at the start; it is learned."),
    .optional(
      "inputNoise", \.inputNoise, .positive,
      "Standard deviation at the start of learned Gaussian noise on the inputs of the data.", default: "no noise"),
    .value("dropout", \.dropout, .belowOne, "Rate at which hidden units of the hypernetwork are dropped."),
    .value(
      "objective", \.objective, .choice,
      "How inference.samples samples are joined. jensen: (1/S) sum_s log p(y, w_s), a lower bound, for which the "
        + "weights may collapse to one point. log-mean-exp: log (1/S) sum_s p(y, w_s)."),
    .value(
      "sharesSamples", \.sharesSamples, .boolean,
      "Whether a minibatch shares the generated weights of a sample. Otherwise each example has weights of its own, as in "
        + "the paper, which is many times as much work for large networks."),
  ])
}

extension InferenceConfiguration.Laplace: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "curvature", \.curvature, .choice,
      "The generalised Gauss-Newton matrix. kronecker: a Kronecker product for each layer (Ritter et al. 2018). full: "
        + "weights x weights, for small networks. diagonal: its diagonal."),
    .value("scope", \.scope, .choice, "The weights that are uncertain; all others stay at the maximum."),
    .value(
      "predictive", \.predictive, .choice,
      "linearized: the network is linearised around the maximum (Immer et al. 2021). sampled: weights are drawn, which "
        + "underfits far from the maximum."),
    .value(
      "tunePrior", \.tunePrior, .boolean,
      "Whether the precision of the prior is chosen by the marginal likelihood; prior.scale is where it starts."),
  ])
}
