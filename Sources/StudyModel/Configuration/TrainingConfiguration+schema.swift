extension TrainingConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "optimizer", \.optimizer, .choice,
      "The optimiser. sgd hardly moves the scales of the posterior on large data sets: it follows the mean gradient of "
        + "an example, where the complexity has a part of 1 / the number of examples. adam does not depend on its "
        + "size. nesterov: sgd that looks ahead. adamw: adam with decoupled weight decay (Loshchilov and Hutter 2019). "
        + "rmsprop: steps divided by the root of the mean square of the gradient."
    ),
    .value("learningRate", \.learningRate, .positive, "Step size of the optimiser."),
    .value("momentum", \.momentum, .belowOne, "sgd and nesterov: momentum."),
    .value("beta1", \.beta1, .decay, "adam and adamw: decay of the first moment."),
    .value("beta2", \.beta2, .decay, "adam and adamw: decay of the second moment."),
    .value(
      "epsilon", \.epsilon, .positive, "adam, adamw and rmsprop: what is added to the root of the second moment."),
    .value(
      "weightDecay", \.weightDecay, .nonNegative,
      "adamw: every step multiplies the parameters by 1 - learning rate x weightDecay."),
    .value("decay", \.decay, .decay, "rmsprop: decay of the mean square of the gradient."),
    .value("batchSize", \.batchSize, .atLeast(1), "Examples in a minibatch."),
    .value("epochs", \.epochs, .atLeast(1), "Passes over the training data."),
    .section("schedule", \.schedule, "How the learning rate goes with the steps."),
    .optional(
      "clipNorm", \.clipNorm, .positive, "A gradient with a greater Euclidean norm is scaled down to this norm.",
      default: "no limit"),
    .optional(
      "inputNoise", \.inputNoise, .nonNegative,
      "Standard deviation of Gaussian noise that is added to the inputs of each minibatch, in the units that the network "
        + "sees: standardised ones where data.standardize.inputs says so, powers for polynomials. Scores and predictions "
        + "are of the inputs without it. For a linear model it is ridge regression (Bishop 1995).",
      default: "none"),
    .optional(
      "shift", \.shift, .nonNegative,
      "Images alone: each image of a minibatch is moved by shift times two standard normal numbers of pixels, down and to "
        + "the right, with bilinear interpolation and zeros outside. Scores and predictions are of the images as they are.",
      default: "none"),
    .optionalSection(
      "earlyStopping", \.earlyStopping,
      "If given, even empty: the training stops when the lppd of the validation data does not become better, and goes "
        + "back to the best epoch. Scores on the same validation data are then a little too good."),
  ])
}

extension TrainingConfiguration.Schedule: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "kind", \.kind, .choice,
      "constant. step: multiplied by factor every everyEpochs epochs. cosine: half a cosine wave, from the whole to 0 "
        + "at the end (Loshchilov and Hutter 2017). cyclical: cycles such waves, each from the whole."),
    .value("everyEpochs", \.everyEpochs, .atLeast(1), "step: epochs between two steps."),
    .value("factor", \.factor, .betweenZeroAndOne, "step: factor of the learning rate."),
    .value("cycles", \.cycles, .atLeast(1, most: 1_000_000), "cyclical: how many waves."),
    .value(
      "warmupEpochs", \.warmupEpochs, .atLeast(0), "Epochs in which the rate first grows from 0 in a straight line."),
  ])
}

extension TrainingConfiguration.EarlyStopping: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value("patience", \.patience, .atLeast(1), "Epochs without a better lppd after which the training stops."),
    .value("everyEpochs", \.everyEpochs, .atLeast(1), "Epochs between two looks at the validation data."),
  ])
}
