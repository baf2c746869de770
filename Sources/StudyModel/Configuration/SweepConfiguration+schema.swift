extension SweepConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("name", \.name, .studyName, "Names the study and its folder.", default: "the name of the file"),
    .optionalSection(
      "data", \.data, "Where the data comes from and how it is split. Give one of builtin, csv, idx, npy and cifar."),
    .section("model", \.model, "The network, and the likelihood of its outputs."),
    .section("inference", \.inference, "How the posterior over the weights is found, and the prior."),
    .section("training", \.training, "The optimiser and its schedule."),
    .space,
    .section("strategy", \.strategy, "How the points of the space are chosen."),
    .section("objective", \.objective, "What is measured: a metric of the network, a test function, or a program."),
    .section(
      "evaluation", \.evaluation,
      "The extra scores of a trained network. No hyperparameters: they cannot be searched."),
    .value(
      "seeds", \.seeds, .atLeast(1, most: 1_000_000),
      "How many times each fold is trained, each time from another random seed."),
    .value(
      "memberRuns", \.memberRuns, .atLeast(0, most: 10_000),
      "deep-ensemble: runs of their own that train the members of each fold and seed, for several workers at a time; the "
        + "scores are the same. It helps where there are more workers than runs. 0: the run that scores them trains them."
    ),
    .value(
      "seed", \.seed, .atLeast(0, most: .max), "Seed of everything random: the trials, the splits and the training."),
    .section("checkpoint", \.checkpoint, "How often a run saves its state."),
  ])

  /// The sweep file as JSON Schema, draft 2020-12, for editors.
  package static var jsonSchema: JSONValue {
    var object: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "hpsearch sweep file",
    ]
    object.members +=
      schema.jsonSchema("A search over the prior and the hyperparameters of a Bayesian neural network.").members
    var properties = object["properties"]?.object ?? [:]
    properties.members.insert(.init("$schema", ["type": "string"]), at: 0)
    object["properties"] = .object(properties)
    object["$defs"] = ["dimension": .object(DimensionConfiguration.jsonSchema)]
    return .object(object)
  }
}

extension Field where Root == SweepConfiguration {
  /// The space. Only its kind is read here: its names depend on the objective, which may stand behind it.
  fileprivate static var space: Self {
    Self(
      name: "space", summary: "The dimensions of the search, by key path.", isRequired: false,
      read: { json, _, path, issues in
        if json.object == nil { issues.append(.init(path, "expected an object, found \(json.excerpt)")) }
      },
      write: { .object($0.space.json) }, jsonSchema: { SearchSpace.jsonSchema }, content: .section { [] })
  }
}

extension SweepConfiguration.Objective: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "metric", \.metric, .text("the name of a metric"),
      "The metric that the sweep is about. Of a network: \(Spelling.list(NetworkMetric.allCases.map(\.rawValue))). "
        + "lppd is the mean log predictive density of the validation data; nll of a regression is -log N(y; predictive "
        + "mean, predictive variance), and of a classification -lppd. Those of extra scores, fgsm_error_EPSILON, "
        + "pruned_error_FRACTION and pruned_rmse_FRACTION too, are computed where they are named here or in "
        + "evaluation.",
      default: "elbo for a network whose method has it at temperature 1, lppd for other networks, else value"),
    .value(
      "goal", \.goal, .choice, "Whether a larger or a smaller metric is better.",
      default: "what suits the metric; a program with a metric of its own needs it"),
    .optional("function", \.function, .choice, "A test function instead of a network."),
    .optional(
      "command", \.command,
      .array(of: .text("a string"), "an array of strings: a program and its arguments", minimumCount: 1),
      "A program instead of a network: its path and arguments. It runs in the folder of the sweep file."),
    .optional("timeout", \.timeout, .positive, "command: seconds that one run may take.", default: "no limit"),
  ])
}

extension SweepConfiguration.Checkpoint: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("seconds", \.seconds, .within(0, 1e9), "Seconds between two checkpoints of a run.")
  ])
}
