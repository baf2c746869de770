extension SweepConfiguration.Strategy: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "kind", \.kind, .choice,
      "grid: every combination, the last dimension fastest. random: independent points. sobol: a scrambled Sobol "
        + "sequence, which fills the space more evenly. gaussian-process: Bayesian optimisation, which learns from every "
        + "trial. hypernetwork: trainings that learn how the weights respond to the prior, whose optima are then trained "
        + "for real. gradient: trainings that follow the gradient of the objective with respect to the prior, whose ends "
        + "are then trained for real."),
    .optional(
      "trials", \.trials, .atLeast(1), "The budget. It may be raised later, and the study goes on.",
      default: "the whole of a grid; the other kinds need it"),
    .value(
      "enqueue", \.enqueue, .array(of: .anyObject("an object with a value for each dimension"), "an array of points"),
      "Points that are tried first, whatever the kind: objects with a value for each dimension."),
    .value(
      "acquisition", \.acquisition, .choice,
      "gaussian-process: what the next point is to maximise. The expected improvement with noise counts trials that are "
        + "still running, and is right without noise too."),
    .value("kernel", \.kernel, .choice, "gaussian-process: how smooth the objective is thought to be."),
    .optional(
      "startup", \.startup, .atLeast(1, most: 100_000),
      "gaussian-process: trials before the model chooses, the centre of the space and a scrambled Sobol sequence.",
      default:
        "four; in a conditional space and for the probability of improvement four more than there are dimensions, "
        + "at most twenty"),
    .value(
      "perSecond", \.perSecond, .boolean,
      "gaussian-process: seek improvement per second of a trial, from a model of its run time. Such a search does not "
        + "repeat exactly."),
    .value(
      "replicates", \.replicates, .boolean,
      "gaussian-process: points may be tried again, with other random seeds, where that helps most."),
    .value("mode", \.mode, .choice, "hypernetwork: how the response of the weights is learned."),
    .optional(
      "explorations", \.explorations, .atLeast(1, most: 100_000),
      "hypernetwork, gradient: trials that explore; each is followed by a training at what it found.",
      default:
        "one for each region; where dimensions cannot be explored two, and two for each of these, at most eight. "
        + "gradient: three, from different starts"),
    .optional(
      "explorationEpochs", \.explorationEpochs, .atLeast(1, most: 100_000_000),
      "hypernetwork, gradient: epochs of an exploration.", default: "training.epochs"),
    .optional(
      "regions", \.regions, .atLeast(1, most: 1024),
      "hypernetwork: parts that the explored box is cut into, the widest side first; each is explored by itself.",
      default: "as many as make no side wider than a factor of 400, or 6 in units of a logarithm"),
    .value("method", \.method, .choice, "gradient: how the gradient is found."),
    .optional(
      "hyperLearningRate", \.hyperLearningRate, .positive,
      "gradient: learning rate of the hyperparameters (Adam), in units of logarithms and logits; it falls to 0.",
      default: "10 / steps of the hyperparameters, a way of about 5 in all; at most 0.2"),
    .optional(
      "hyperSteps", \.hyperSteps, .atLeast(1, most: 100_000_000), "gradient: steps of the hyperparameters.",
      default: "one for every four training steps of greedy, darts and online-laplace, 50 of the others"),
    .value(
      "folds", \.folds, .choice,
      "gradient: whose validation loss is followed. apart: each fold's own, and the answers are averaged. together: the "
        + "mean over all folds of a k-fold split; each step sees all examples, so that an epoch is one step."),
    .value(
      "relax", \.relax, .boolean,
      "hypernetwork, gradient: the first exploration is a training that chooses between the listed values of "
        + "model.activation, inference.prior.kind and model.hidden, relaxed by the concrete distribution; the later ones "
        + "begin with its choice."),
  ])

  /// The keys that one kind of strategy reads, or two.
  static let keysOfKinds: [(keys: [String], kinds: [Kind])] = [
    (gaussianProcessKeys, [.gaussianProcess]), (["mode", "regions"], [.hypernetwork]),
    (["explorations", "explorationEpochs", "relax"], [.hypernetwork, .gradient]),
    (["method", "hyperLearningRate", "hyperSteps", "folds"], [.gradient]),
  ]

  /// The keys that only a Gaussian process reads.
  static let gaussianProcessKeys = ["acquisition", "kernel", "startup", "perSecond", "replicates"]

  /// What is left out of the frozen configuration.
  var keysWithoutMeaning: [Substring] {
    let keys = Self.keysOfKinds.filter { !$0.kinds.contains(kind) }.flatMap(\.keys)
    return (enqueue.isEmpty ? keys + ["enqueue"] : keys).map { Substring($0) }
  }
}
