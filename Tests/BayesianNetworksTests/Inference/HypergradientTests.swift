import Autodiff
import BayesianNetworks
import Tensors
import Testing

/// Gradients with respect to hyperparameters through steps of a training: the validation loss after some steps of descent,
/// differentiated with respect to the prior's scale, the noise, the weight decay and the learning rate.
@Suite struct HypergradientTests {
  typealias V = Variable<Double>

  @Test(arguments: Activation.allCases) func throughUnrolledSteps(activation: Activation) {
    let network = Network(inputs: 3, hidden: [4], outputs: 2, activation: activation)
    let key = RandomKey(seed: 3)
    func numbers(_ count: Int, _ label: Int) -> [Double] {
      Vector<Double>.normal(key.folded(label), count: count).array
    }
    let training = (x: V.constant(numbers(15, 0), shape: [5, 3]), y: V.constant(numbers(10, 1), shape: [5, 2]))
    let validation = (x: V.constant(numbers(12, 2), shape: [4, 3]), y: V.constant(numbers(8, 3), shape: [4, 2]))
    let start = network.affineLayers.map { layer in
      V.constant(numbers(layer.parameterCount, 4 + layer.index).map { 0.5 * $0 }, shape: [layer.parameterCount])
    }
    let (logScale, logNoise, decay, rate) = (V.input([]), V.input([]), V.input([]), V.input([]))

    func squares(_ weights: [V], _ data: (x: V, y: V)) -> V {
      (network.outputs(of: data.x, weights: weights) - data.y).squared().sum()
    }
    var weights = start
    for _ in 0..<3 {
      let prior = weights.map { GaussianPrior.logDensity($0, logScale: logScale) }.reduce(V.constant(0), +)
      let loss = squares(weights, training) * (logNoise * -2).exp() * 0.5 + logNoise * 10.0 - prior
      let gradients = gradient(of: loss, withRespectTo: weights)
      weights = zip(weights, gradients).map { $0 - rate * ($1 + decay * $0) }
    }
    let point = [
      (variable: logScale, values: [-0.3]), (variable: logNoise, values: [0.2]), (variable: decay, values: [0.1]),
      (variable: rate, values: [0.02]),
    ]
    #expect(GradientCheck().error(of: squares(weights, validation), at: point) < 1e-6)
  }

  /// The Hessian of a network's loss is symmetric, and its product with a vector is the derivative of the gradient.
  @Test(arguments: Activation.allCases) func hessiansOfNetworks(activation: Activation) throws {
    let network = try Network(
      input: .image(height: 6, width: 6, channels: 1),
      layers: [
        .convolution(channels: 2, kernel: 3, padding: 1), .activation(activation), .maxPooling(window: 2),
        .dropout(rate: 0.3), .dense(units: 3), .activation(activation), .dense(units: 2),
      ])
    let key = RandomKey(seed: 5)
    let x = V.constant(Vector<Double>.normal(key.folded(0), count: 72).array, shape: [2, 36])
    let weights: [V] = network.weightInputs()
    let loss = -network.outputs(of: x, weights: weights, dropoutLabels: [1]).logSoftmax().slice(from: 0, shape: [3])
      .sum()
    func direction(_ label: Int) -> [V] {
      network.affineLayers.map { layer in
        .constant(
          Vector<Double>.normal(key.folded(label).folded(layer.index), count: layer.parameterCount).array,
          shape: [layer.parameterCount])
      }
    }
    let (u, v) = (direction(1), direction(2))
    func inner(_ a: [V], _ b: [V]) -> V { zip(a, b).map { $0.dot($1) }.reduce(V.constant(0), +) }
    let forward = inner(hessianVectorProduct(of: loss, withRespectTo: weights, times: u), v)
    let backward = inner(hessianVectorProduct(of: loss, withRespectTo: weights, times: v), u)
    let point = network.affineLayers.map { layer in
      (
        variable: weights[layer.index],
        values: Vector<Double>.normal(key.folded(9).folded(layer.index), count: layer.parameterCount).array
      )
    }
    let program = Program(inputs: weights, outputs: [forward, backward])
    let memory = point.map { Vector($0.values) }
    for (index, vector) in memory.enumerated() { program.bind(input: index, to: vector.unsafePointer) }
    withExtendedLifetime(memory) { program.run() }
    let (a, b) = (program.output(0)[0], program.output(1)[0])
    #expect((a - b).magnitude < 1e-10 * max(1, a.magnitude))
    let first = inner(gradient(of: loss, withRespectTo: weights), u)
    #expect(GradientCheck().error(of: first, at: point) < 1e-6)
  }
}
