extension ModelConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "hidden", \.hidden, .array(of: .atLeast(1), "an array of whole numbers of at least 1, such as [50]"),
      "Units of each hidden layer; empty is a linear model."),
    .value("activation", \.activation, .choice, "The nonlinearity of the hidden layers."),
    .section("likelihood", \.likelihood, "The distribution of the target given the outputs."),
  ])
}

extension ModelConfiguration.Likelihood: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("kind", \.kind, .choice, "gaussian for regression, categorical for classification."),
    .value(
      "scale", \.scale, .positive,
      "gaussian: standard deviation of the noise, in the units the network is trained in (of the standardised target "
        + "if the target is standardised). Where it is learned, the value it starts from."),
    .value("learned", \.learned, .boolean, "gaussian: whether the noise is learned with the weights."),
  ])
}
