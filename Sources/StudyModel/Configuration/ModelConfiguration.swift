/// The network, and the likelihood of its outputs.
package struct ModelConfiguration: Hashable, Sendable {
  package enum Architecture: String, Hashable, Sendable, CaseIterable {
    /// A multilayer perceptron with the layers of `hidden`.
    case mlp
    /// Two convolutions with pooling and three dense layers (LeCun et al. 1998).
    case lenet5 = "lenet-5"
    /// Blocks of 3 x 3 convolutions with pooling (Simonyan and Zisserman 2015).
    case vgg
    /// A linear model of the powers x^1 ... x^degree of each input.
    case polynomial
  }

  package enum Activation: String, Hashable, Sendable, CaseIterable {
    case relu, tanh, sigmoid, softplus, gelu
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

  package var architecture = Architecture.mlp
  /// MLP: units of each hidden layer; empty is a linear model.
  package var hidden = [50]
  /// LeNet-5 and VGG: factor of the channels of every layer.
  package var width = 1.0
  /// Polynomial: the highest power of each input; 0 is a constant.
  package var degree = 1
  package var activation = Activation.relu
  /// Rate at which hidden units are dropped, in [0, 1).
  package var dropout = 0.0
  /// Rate at which inputs are dropped, in [0, 1).
  package var inputDropout = 0.0
  package var likelihood = Likelihood()
  package init() {}

  /// Layers that have weights, the output's included.
  var layersWithWeights: Int {
    switch architecture {
    case .mlp: hidden.count + 1
    case .lenet5: 5
    case .vgg: 10
    case .polynomial: 1
    }
  }
}
