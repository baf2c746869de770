import Tensors

/// Which weights share a prior scale.
package enum ScaleGrouping: Hashable, Sendable {
  /// All of them.
  case global
  /// Those of each layer with weights, biases included.
  case layers
  /// None: every weight has its own.
  case weights

  /// How many scales a network has.
  package func count(_ network: Network) -> Int {
    switch self {
    case .global: 1
    case .layers: network.affineLayers.count
    case .weights: network.parameterCount
    }
  }
}
