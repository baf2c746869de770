import Probability

extension RegularizedNetworkProblem: LayeredProblem {
  package var layers: [LayerLayout] { network.layout() }
}
