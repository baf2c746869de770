import BayesianNetworks
import Testing

@Suite struct NetworkTests {
  @Test(arguments: [(400, 478_410), (800, 1_276_810), (1200, 2_395_210)])
  func countsOfTheMNISTNetworks(width: Int, count: Int) {
    #expect(Network(inputs: 784, hidden: [width, width], outputs: 10).parameterCount == count)
  }

  @Test func layersFollowOneAnother() {
    let network = Network(inputs: 3, hidden: [5, 4], outputs: 2)
    #expect(network.affineLayers.map(\.start) == [0, 20, 44])
    #expect(network.affineLayers.map(\.biases) == [15, 40, 52])
    #expect(network.parameterCount == 54)
    #expect(Network(inputs: 3, hidden: [], outputs: 2).parameterCount == 8)
  }
}
