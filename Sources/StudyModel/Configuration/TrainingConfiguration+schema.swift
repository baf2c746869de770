extension TrainingConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "optimizer", \.optimizer, .choice,
      "The optimiser. sgd hardly moves the scales of the posterior on large data sets: it follows the mean gradient of "
        + "an example, where the complexity has a part of 1 / the number of examples. adam does not depend on its size."
    ),
    .value("learningRate", \.learningRate, .positive, "Step size of the optimiser."),
    .value("momentum", \.momentum, .belowOne, "sgd: momentum."),
    .value("beta1", \.beta1, .decay, "adam: decay of the first moment."),
    .value("beta2", \.beta2, .decay, "adam: decay of the second moment."),
    .value("epsilon", \.epsilon, .positive, "adam: what is added to the root of the second moment."),
    .value("batchSize", \.batchSize, .atLeast(1), "Examples in a minibatch."),
    .value("epochs", \.epochs, .atLeast(1), "Passes over the training data."),
  ])
}
