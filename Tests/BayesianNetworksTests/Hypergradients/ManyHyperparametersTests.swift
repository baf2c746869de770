import BayesianNetworks
import Foundation
import Tensors
import Testing

/// A prior scale for every weight: as many hyperparameters as weights, in a few vectors of memory.
@Suite struct ManyHyperparametersTests {
  @Test(arguments: [[], [400, 400]] as [[Int]]) func aScalePerWeight(_ hidden: [Int]) throws {
    let network = Network(inputs: 784, hidden: hidden, outputs: 10)
    let problem = RegularizedNetworkProblem<Float>(
      network, likelihood: .categorical, grouping: .weights,
      training: examples(.categorical, rows: 40, inputs: 784, outputs: 10, seed: 1),
      validation: examples(.categorical, rows: 40, inputs: 784, outputs: 10, seed: 2))
    let count = network.parameterCount
    #expect(count == (hidden.isEmpty ? 7850 : 478_410) && problem.hyperparameterCount == count)
    let descent = MomentumDescent(learningRate: 0.01, momentum: 0.5, steps: 2)
    let methods: [any HypergradientMethod] = [
      GreedyHypergradient(descent), UnrolledHypergradient(descent), DistilledHypergradient(descent),
      ImplicitHypergradient(.descent(descent), solver: .conjugateGradients(iterations: 2, damping: 0.1)),
      ImplicitHypergradient(.descent(descent), solver: .neumann(terms: 2, powerIterations: 1)), OnlineLaplace(descent),
    ]
    for method in methods {
      let search = try HyperparameterDescent(
        problem, start: Vector(repeating: -2, count: count),
        box: HyperparameterBox(
          lower: Array(repeating: -6, count: count), upper: Array(repeating: 2, count: count)),
        settings: HyperparameterDescentSettings(
          method: method, optimizer: SGD(learningRate: 0.1), steps: 1, batches: BatchSizes(training: 20, curvature: 20)),
        key: RandomKey(seed: 1))
      try search.step()
      // A Jacobian of weights by hyperparameters would take `count` vectors.
      #expect(search.workspaceCount < 16 * count + 2_000_000, "\(method)")
      #expect(search.state.path.isEmpty && search.state.values.count == 1)
      #expect(search.lastGradient.array.contains { $0 != 0 })
      #expect(search.state.hyperparameters != search.state.bestHyperparameters)
    }
  }
}
