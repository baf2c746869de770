import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct PosteriorInitializationTests {
  @Test(arguments: [(Activation.relu, 6.0), (.tanh, 3), (.sigmoid, 3), (.softplus, 3)])
  func meansByTheFanIn(_ activation: Activation, _ gain: Double) {
    let network = Network(inputs: 4, hidden: [300, 100], outputs: 30, activation: activation)
    let start: DiagonalGaussian<Float> = PosteriorInitialization(means: .fanIn, rhoLow: -3, rhoHigh: -2)
      .posterior(of: network, key: RandomKey(seed: 3))
    #expect(start.rho.array.allSatisfy { $0 >= -3 && $0 <= -2 })
    for layer in network.affineLayers {
      let inputs = Double(layer.inputs)
      for (range, width) in [
        (layer.start..<layer.biases, (gain / inputs).squareRoot()), (layer.biases..<layer.end, 1 / inputs.squareRoot()),
      ] {
        let largest = start.mean[range].array.map { Double($0.magnitude) }.max()!
        // Of 30 draws or more.
        #expect(largest <= width * 1.000001 && largest > 0.7 * width)
      }
    }
  }
}
