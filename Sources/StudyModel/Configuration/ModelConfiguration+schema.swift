extension ModelConfiguration: Configurable {
  package static let schema = ObjectSchema<Self>([
    .value(
      "architecture", \.architecture, .choice,
      "mlp: a multilayer perceptron with the layers of hidden. lenet-5: two convolutions with pooling and three dense "
        + "layers (LeCun et al. 1998). vgg: blocks of 3 x 3 convolutions with pooling (Simonyan and Zisserman 2015); "
        + "these two need images. polynomial: a linear model of the powers x^1 ... x^degree of each input."),
    .value(
      "hidden", \.hidden, .array(of: .atLeast(1), "an array of whole numbers of at least 1, such as [50]"),
      "mlp: units of each hidden layer; empty is a linear model."),
    .value("width", \.width, .positive, "lenet-5 and vgg: factor of the channels of every layer."),
    .value("degree", \.degree, .atLeast(0), "polynomial: the highest power of each input; 0 is a constant."),
    .value("activation", \.activation, .choice, "The nonlinearity of the hidden layers."),
    .value(
      "dropout", \.dropout, .belowOne,
      "Rate at which hidden units are dropped in training, the others divided by 1 - rate (Srivastava et al. 2014)."),
    .value("inputDropout", \.inputDropout, .belowOne, "Rate at which inputs are dropped in training."),
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
