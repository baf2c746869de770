import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct RelaxedVariationalProblemTests {
  private static let training: Examples<Double> = {
    let x = Vector<Double>.normal(RandomKey(seed: 90), count: 24)
    let y = (0..<12).map { sin(x[2 * $0]) + 0.2 * x[2 * $0 + 1] }
    return Examples(inputs: Matrix(x, rows: 12, columns: 2), targets: .values(Matrix(y, rows: 12, columns: 1)))
  }()

  private static let priors: [PriorOption] = [
    .gaussian(scale: 0.7), .laplace(scale: 0.4), .scaleMixture(weight: 0.4, wide: 1, narrow: 0.1),
  ]

  private static func problem(
    priors: [PriorOption] = priors, widths: [[Int]] = [[2, 3], [4, 2]], samples: Int = 1,
    objective: VariationalProblem<Double>.Objective = .evidence, learnsNoise: Bool = false,
    activations: [Activation] = [.tanh, .relu, .gelu]
  ) -> RelaxedVariationalProblem<Double> {
    RelaxedVariationalProblem(
      inputs: 2, outputs: 1, likelihood: .gaussian(scale: 0.3, learned: learnsNoise), activations: activations,
      priors: priors, widths: widths, samples: samples, objective: objective,
      initialization: .init(mean: 0.5, rhoLow: -2, rhoHigh: -1), training: training)
  }

  /// Q and its gradient with respect to the weights, for each of some keys.
  private static func run(
    _ problem: any BilevelProblem<Double>, _ weights: Vector<Double>, _ h: [Double], keys: Int
  ) -> (values: [Double], gradient: [Double]) {
    let (w, hyper) = (
      Variable<Double>.input([problem.weightCount], name: "weights"),
      Variable<Double>.input([problem.hyperparameterCount], name: "hyperparameters")
    )
    let batch = ExampleVariables(rows: problem.validation.count, of: problem.validation)
    let value = problem.validationLoss(batch, weights: w, hyperparameters: hyper, noise: [0])
    let program = Program(
      inputs: [w, hyper, batch.inputs, batch.targets], outputs: [value] + gradient(of: value, withRespectTo: [w]))
    guard case .values(let targets) = problem.validation.targets else { return ([], []) }
    let (point, data) = (Vector(h), problem.validation)
    return withExtendedLifetime((weights, point, data, targets)) {
      program.bind(input: 0, to: weights.unsafePointer)
      program.bind(input: 1, to: point.unsafePointer)
      program.bind(input: 2, to: data.inputs.unsafePointer)
      program.bind(input: 3, to: targets.unsafePointer)
      let values = (0..<keys).map { key -> Double in
        program.run(key: RandomKey(seed: 91).folded(key))
        return program.output(0)[0]
      }
      return (values, Array(UnsafeBufferPointer(start: program.output(1), count: problem.weightCount)))
    }
  }

  private static func meanAndError(_ values: [Double]) -> (mean: Double, error: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / (count * max(1, count - 1))).squareRoot())
  }

  @Test func hyperparametersAreLogitsTemperatureAndHardness() {
    let problem = Self.problem()
    #expect(problem.choices.map(\.options.count) == [3, 3, 2])
    #expect(problem.choices[2].options == ["2x3", "4x2"])
    #expect(problem.hyperparameterCount == 10)
    #expect(problem.network.affineLayers.map(\.outputs) == [4, 3, 1])
    let point = problem.point(of: [1, 2, 0])
    #expect(problem.logitRanges.map { range in range.first { point[$0] == 0 }! - range.lowerBound } == [1, 2, 0])
  }

  /// Without relu: differences across its kink are no derivatives.
  @Test(arguments: [false, true]) func lossIsDifferentiable(learnsNoise: Bool) {
    let problem = Self.problem(samples: 2, learnsNoise: learnsNoise, activations: [.tanh, .softplus, .gelu])
    let weights = Variable<Double>.input([problem.weightCount], name: "weights")
    let h = Variable<Double>.input([problem.hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: 12, of: problem.training)
    let loss = problem.trainingLoss(batch, weights: weights, hyperparameters: h, noise: [0])
    guard case .values(let targets) = problem.training.targets else { return }
    var check = GradientCheck()
    check.key = RandomKey(seed: 92)
    let error = check.error(
      of: loss,
      at: [
        (weights, problem.initialWeights(key: RandomKey(seed: 93)).array),
        (h, [0.1, -0.2, 0.3, 0.2, 0.1, 0, -0.1, 0.2, log(0.8), 0]),
      ], others: [(batch.inputs, problem.training.inputs.elements.array), (batch.targets, targets.elements.array)])
    #expect(error < 1e-6)
  }

  /// One-hot draws are the network with the chosen activation and widths under the chosen prior: here against
  /// `VariationalProblem` of that network itself, with the weights that it has of the widest one.
  @Test func oneHotIsTheChosenModel() {
    let problem = Self.problem(widths: [[2], [4], [3]])
    let weights = problem.initialWeights(key: RandomKey(seed: 94))
    let wide = problem.network
    for (option, activation) in [(0, Activation.tanh), (1, .relu), (2, .gelu)] {
      let network = Network(inputs: 2, hidden: problem.widths[option], outputs: 1, activation: activation)
      var places: [Int] = []
      for (own, all) in zip(network.affineLayers, wide.affineLayers) {
        for row in 0..<own.inputs { places += (0..<own.outputs).map { all.start + row * all.outputs + $0 } }
        places += (0..<own.outputs).map { all.biases + $0 }
      }
      let chosen = VariationalProblem(
        network, .gaussian(scale: 0.3), initialization: problem.initialization, training: problem.training)
      let own = Vector(places.map { weights[$0] } + places.map { weights[wide.parameterCount + $0] })
      let expected = Self.meanAndError(Self.run(chosen, own, [log(0.7)], keys: 1500).values)
      let found = Self.meanAndError(
        Self.run(problem, weights, problem.point(of: [option, 0, option]), keys: 1500).values)
      let error = (expected.error * expected.error + found.error * found.error).squareRoot()
      #expect(abs(expected.mean - found.mean) < 4 * error, "\(found), \(expected)")
      #expect(error < 0.02 * abs(expected.mean))
    }
  }

  /// Without hidden layers nothing is sampled, and families differ by their divergences from the posterior.
  @Test func complexitiesAreThoseOfThePriors() {
    let problem = Self.problem(widths: [[]], samples: 50)
    let weights = problem.initialWeights(key: RandomKey(seed: 95))
    let count = problem.network.parameterCount
    let values = (0..<3).map { Self.run(problem, weights, problem.point(of: [0, $0, 0]), keys: 60).values }
    let (mean, scale) = (
      Variable<Double>.constant(Array(weights.array[..<count]), shape: [count]),
      Variable<Double>.constant(weights.array[count...].map { log1p(exp($0)) }, shape: [count])
    )
    let divergences = Program(
      inputs: [],
      outputs: [
        GaussianPrior(scale: 0.7).divergence(mean: mean, scale: scale),
        LaplacePrior(scale: 0.4).divergence(mean: mean, scale: scale),
      ])
    divergences.run()
    let expected = divergences.output(1)[0] - divergences.output(0)[0]
    #expect(abs(values[1][0] - values[0][0] - expected) < 1e-10)
    // The mixture's by draws: E log p of its own density.
    let (prior, draws) = (ScaleMixturePrior(weight: 0.4, wide: 1, narrow: 0.1), 40000)
    let noise = Vector<Double>.normal(RandomKey(seed: 96), count: draws * count)
    let densities = (0..<draws).map { draw -> Double in
      (0..<count).reduce(0) { total, i in
        let w = weights[i] + log1p(exp(weights[count + i])) * noise[draw * count + i]
        return total + prior.mixture.logDensity(w) - GaussianPrior(scale: 0.7).logDensity(of: w)
      }
    }
    let (reference, found) = (Self.meanAndError(densities), Self.meanAndError(values[2]))
    let difference = found.mean - values[0][0] + reference.mean
    #expect(abs(difference) < 4 * (reference.error + found.error), "\(difference)")
  }

  /// Weights of units that a width does not have: no part of the loss, and no gradient.
  @Test func absentUnitsCostNothing() {
    let problem = Self.problem(widths: [[2, 1], [3, 3]])
    let weights = problem.initialWeights(key: RandomKey(seed: 97))
    let narrow = problem.point(of: [0, 0, 0])
    let before = Self.run(problem, weights, narrow, keys: 1)
    let absent = problem.layers.flatMap { layer -> [Int] in
      let index = problem.layers.firstIndex(of: layer)! % 3
      let (rows, columns) = ([2, 2, 1][index], [2, 1, 1][index])
      return (0...layer.inputs).flatMap { row in
        (0..<layer.outputs).filter { $0 >= columns || (row >= rows && row < layer.inputs) }.map {
          layer.start + row * layer.outputs + $0
        }
      }
    }
    #expect(absent.count == 2 * (3 + 9 - 2 + 3 - 1 + 2))
    var moved = weights
    let base = moved.unsafeMutablePointer()
    for place in absent { base[place] += 1 }
    withExtendedLifetime(moved) {}
    let after = Self.run(problem, moved, narrow, keys: 1)
    #expect(before.values == after.values)
    let places = Set(absent)
    #expect(before.gradient.indices.allSatisfy { (before.gradient[$0] == 0) == places.contains($0) })
    let wide = problem.point(of: [0, 0, 1])
    #expect(Self.run(problem, weights, wide, keys: 1).values != Self.run(problem, moved, wide, keys: 1).values)
  }

  /// A validation loss has no prior in it, so that a search would never move those logits: it says so.
  @Test func validationCannotChooseThePrior() {
    let problem = Self.problem(objective: .validation(Self.training))
    let weights = problem.initialWeights(key: RandomKey(seed: 98))
    let values = (0..<2).map { Self.run(problem, weights, problem.point(of: [0, $0, 0]), keys: 1).values }
    #expect(values[0] == values[1])
    #expect(throws: RelaxedSearchError.choiceWithoutGradient(name: "prior")) {
      try RelaxedSearch(problem, settings: RelaxedSearchSettings(steps: 10), key: RandomKey(seed: 0))
    }
    let one = Self.problem(priors: [.gaussian(scale: 1)], objective: .validation(Self.training))
    #expect(throws: Never.self) {
      try RelaxedSearch(one, settings: RelaxedSearchSettings(steps: 10), key: RandomKey(seed: 0))
    }
  }
}

extension GaussianPrior {
  fileprivate func logDensity(of w: Double) -> Double { Gaussian(scale: scale).logDensity(w) }
}
