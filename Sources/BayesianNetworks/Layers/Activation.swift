import Autodiff
import Tensors

/// The nonlinearity of the hidden layers.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  case relu, tanh, sigmoid, softplus, gelu

  func callAsFunction<Scalar: TensorScalar>(_ x: Variable<Scalar>) -> Variable<Scalar> {
    switch self {
    case .relu: x.relu()
    case .tanh: x.tanh()
    case .sigmoid: x.sigmoid()
    case .softplus: x.softplus()
    case .gelu: x.gelu()
    }
  }
}
