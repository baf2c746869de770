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

  /// What the logarithm of each scale is called.
  func names(_ network: Network) -> [String] {
    switch self {
    case .global: ["log prior scale"]
    case .layers: network.affineLayers.map { "log prior scale of \($0.name)" }
    case .weights: (0..<network.parameterCount).map { "log prior scale of weight \($0)" }
    }
  }
}
