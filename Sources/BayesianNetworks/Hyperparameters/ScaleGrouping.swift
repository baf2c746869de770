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

  /// N(0, s_g^2) for each group, with as many scales as `count` says.
  package func prior(_ network: Network, scales: [Double]) -> any Prior {
    precondition(scales.count == count(network), "\(scales.count) scales for \(count(network)) groups of weights")
    let groups: [GroupedGaussianPrior.Group] =
      switch self {
      case .global: [.init(count: network.parameterCount, scale: scales[0])]
      case .layers: zip(network.affineLayers, scales).map { .init(count: $0.parameterCount, scale: $1) }
      case .weights: scales.map { .init(count: 1, scale: $0) }
      }
    return GroupedGaussianPrior(groups).restricted(to: 0..<network.parameterCount)
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
