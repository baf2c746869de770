/// The network: a multilayer perceptron, and the likelihood of its outputs.
package struct ModelConfiguration: Hashable, Sendable {
  package enum Activation: String, Hashable, Sendable, CaseIterable {
    case relu, tanh, sigmoid, softplus
  }

  package struct Likelihood: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case gaussian, categorical
    }

    package var kind = Kind.gaussian
    /// Gaussian: standard deviation of the noise, in the units the network is trained in (of the standardised target
    /// if the target is standardised). Where it is learned, the value it starts from.
    package var scale = 0.1
    /// Gaussian: whether the noise is learned with the weights.
    package var learned = false
    package init() {}
  }

  /// Units of each hidden layer; empty is a linear model.
  package var hidden = [50]
  package var activation = Activation.relu
  package var likelihood = Likelihood()
  package init() {}
}
