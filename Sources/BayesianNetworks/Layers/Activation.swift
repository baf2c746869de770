import Tensors

/// The nonlinearity of the hidden layers.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  case relu, tanh, sigmoid, softplus

  /// x = f(x)
  func apply<Scalar: TensorScalar>(_ x: UnsafeMutablePointer<Scalar>, count: Int) {
    switch self {
    case .relu: Scalar.relu(x, into: x, count: count)
    case .tanh: Scalar.tanh(x, into: x, count: count)
    case .sigmoid: Scalar.sigmoid(x, into: x, count: count)
    case .softplus: Scalar.softplus(x, into: x, count: count)
    }
  }

  /// gradient *= f'(x), from the output f(x).
  func pullBack<Scalar: TensorScalar>(
    output: UnsafePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    switch self {
    case .relu: Scalar.reluGradient(output: output, gradient, count: count)
    case .tanh: Scalar.tanhGradient(output: output, gradient, count: count)
    case .sigmoid: Scalar.sigmoidGradient(output: output, gradient, count: count)
    case .softplus: Scalar.softplusGradient(output: output, gradient, count: count)
    }
  }
}
