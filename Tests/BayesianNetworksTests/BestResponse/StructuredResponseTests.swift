import Autodiff
import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct StructuredResponseTests {
  private let problem = TwoLayerLinearNetwork()

  private func surface(
    _ response: StructuredResponse<Double>, _ parameters: Vector<Double>, center: Double = 0
  ) -> ResponseSurface<Double> {
    ResponseSurface(
      problem, members: [.init(response, parameters: parameters, center: Vector([center]))], key: RandomKey(seed: 0))
  }

  private func surface(_ trainer: ResponseTrainer<Double>) -> ResponseSurface<Double> {
    ResponseSurface(problem, members: [.init(trainer.response, trainer.state)], key: RandomKey(seed: 0))
  }

  /// The largest error of the function's weights over some hyperparameters, by the size of the unregularised ones.
  private func error(_ surface: ResponseSurface<Double>, over range: [Double]) -> Double {
    let size = problem.ridge(-30).map(abs).max()!
    return range.flatMap { h in
      zip(problem.slopes(surface.weights(at: [h]).array), problem.ridge(h)).map { abs($0 - $1) / size }
    }.max()!
  }

  private func trained(
    _ gate: StructuredResponse<Double>.Gate, _ distribution: HyperparameterDistribution, steps: Int
  ) throws -> ResponseTrainer<Double> {
    let trainer = try ResponseTrainer(
      problem, StructuredResponse(problem, gate: gate), method: GlobalHypernetwork(distribution, draws: 8),
      settings: ResponseSettings(optimizer: Adam(learningRate: 0.03), schedule: .cosine(steps: steps)),
      key: RandomKey(seed: 21))
    for _ in 0..<steps { try trainer.step() }
    return trainer
  }

  /// Theorem 2 of the paper: with the rows of Q along the principal components, the gates sigmoid(log d^2 - h) give
  /// ridge regression everywhere.
  @Test func sigmoidGateHoldsTheExactResponse() {
    let response = StructuredResponse<Double>(problem, gate: .sigmoid)
    let (vectors, values, solution) = problem.principal
    let n = TwoLayerLinearNetwork.features
    var parameters = Vector<Double>(count: response.parameterCount)
    let directions = problem.weightCount
    let gates = directions + n * n + n
    for j in 0..<n {
      let offset = log(values[j])
      for i in 0..<n {
        parameters[directions + i * n + j] = vectors[i, j]
        // The form with W0 = s(g) W1.
        parameters[i * n + j] = vectors[i, j] / (1 + exp(-offset))
      }
      parameters[problem.layers[1].start + j] = solution[j]
      parameters[gates + j] = -1
      parameters[response.parameterCount - (n + 1) + j] = offset
    }
    let range = stride(from: -6.0, through: 6, by: 0.5).map { $0 }
    #expect(error(surface(response, parameters), over: range) < 1e-12)
  }

  @Test func trainedSigmoidGateReachesTheBestResponse() throws {
    let box = try HyperparameterBox(lower: [-3], upper: [5])
    let range = box.grid(21).map { $0[0] }
    let trainer = try trained(.sigmoid, .uniform(box), steps: 30_000)
    let sigmoid = error(surface(trainer), over: range)
    let linear = error(surface(try trained(.linear, .uniform(box), steps: 5000)), over: range)
    #expect(sigmoid < 0.005, "\(sigmoid)")
    // A line is not the whole response.
    #expect(linear > 0.03, "\(linear)")
  }

  /// The linear gate is exact to first order: value and slope of the best response at the centre.
  @Test func trainedLinearGateHasTheBestResponseAndItsSlopeAtTheCentre() throws {
    let center = 0.5
    let trainer = try trained(.linear, .normal(mean: [center], scale: [0.1], clippedTo: nil), steps: 6000)
    let surface = surface(trainer)
    let step = 1e-3
    func difference(_ values: (Double) -> [Double]) -> [Double] {
      zip(values(center + step), values(center - step)).map { ($0 - $1) / (2 * step) }
    }
    let slope = difference { problem.slopes(surface.weights(at: [$0]).array) }
    let exact = difference { problem.ridge($0) }
    #expect(error(surface, over: [center]) < 0.005)
    for (found, expected) in zip(slope, exact) {
      #expect(abs(found - expected) < 0.03 * exact.map(abs).max()!, "\(slope) and \(exact)")
    }
  }

  @Test func responseStartsAtZeroAndHasItsParameterCount() {
    let network = Network(inputs: 784, hidden: [400, 400], outputs: 10)
    let response = StructuredResponse<Float>(
      weights: network.parameterCount, hyperparameters: 3, layers: network.layout())
    // Twice the weights, but for the biases' directions, and two numbers for each unit and hyperparameter.
    #expect(response.parameterCount == 2 * 478_410 - 810 + 2 * 810 * 3)
    let small = StructuredResponse<Double>(problem)
    let weights = problem.initialWeights(key: RandomKey(seed: 1))
    let surface = surface(small, small.initialParameters(weights: weights, key: RandomKey(seed: 2)))
    #expect(surface.weights(at: [-3]) == weights && surface.weights(at: [5]) == weights)
  }

  @Test(arguments: [StructuredResponse<Double>.Gate.linear, .sigmoid])
  func derivativesOfBothOrdersAreThoseOfDifferences(gate: StructuredResponse<Double>.Gate) {
    // Layers with a gap between them and weights after them, and two draws.
    let layers = [
      LayerLayout(name: "a", start: 1, inputs: 2, outputs: 3), LayerLayout(name: "b", start: 12, inputs: 3, outputs: 1),
    ]
    let response = StructuredResponse<Double>(weights: 18, hyperparameters: 2, layers: layers, gate: gate)
    let parts = response.parts.map { Variable<Double>.input($0.shape, name: $0.name) }
    let distances = Variable<Double>.input([2, 2], name: "distances")
    let weights = response.weights(distances: distances, parts: parts)
    let loss = (weights[0].tanh() * weights[1]).sum() + weights[0].squared().sum()
    let point = ([distances] + parts).enumerated().map { index, variable in
      (
        variable: variable,
        values: Vector<Double>.normal(RandomKey(seed: 30).folded(index), count: variable.shape.count).array
      )
    }
    #expect(GradientCheck().error(of: loss, at: point) < 1e-8)
    let first = gradient(of: loss, withRespectTo: [distances] + parts)
    let second = first.reduce(Variable<Double>.constant(0)) { $0 + $1.squared().sum() }
    #expect(GradientCheck().error(of: second, at: point) < 1e-7)
  }
}
