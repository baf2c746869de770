import ArgumentParser
import BayesianNetworks
import Foundation
import Tensors

/// Trainings with a prior scale for each weight, a few steps at a time.
struct HyperparameterWorkload {
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case plain, implicit, hypernetwork

    /// What is timed of it.
    var steps: [String] {
      switch self {
      case .plain: ["plain"]
      case .implicit: ["implicit gradients"]
      case .hypernetwork: ["hypernetwork", "  of the response", "  of the hyperparameters"]
      }
    }
  }

  /// Milliseconds of each kind of step, for some of them.
  typealias Runner = () throws -> [(name: String, milliseconds: Double)]

  let hidden: Int
  private let settings: ManyHyperparameters
  private let problem: RegularizedNetworkProblem<Float>

  init(_ settings: ManyHyperparameters, hidden: Int) {
    (self.settings, self.hidden) = (settings, hidden)
    let network = Network(inputs: 784, hidden: hidden > 0 ? [hidden, hidden] : [], outputs: 10)
    let rows = max(1024, settings.batch)
    func examples(_ seed: UInt64) -> Examples<Float> {
      Examples(
        inputs: Matrix(.uniform(RandomKey(seed: seed), count: rows * 784), rows: rows, columns: 784),
        targets: .classes((0..<Int32(rows)).map { $0 % 10 }))
    }
    problem = RegularizedNetworkProblem(
      network, likelihood: .categorical, grouping: .weights, training: examples(1), validation: examples(2))
  }

  var count: Int { problem.hyperparameterCount }

  private static let logScale = -2.0

  func runner(_ kind: Kind) throws -> Runner {
    switch kind {
    case .plain: plain()
    case .implicit: try implicit()
    case .hypernetwork: try hypernetwork()
    }
  }

  /// Steps of a round: a fraction of a second, so that all meet the same disturbances.
  private var steps: Int { hidden > 0 ? 10 : 250 }

  private func plain() -> Runner {
    let (problem, steps) = (problem, steps)
    let training = FineTuning(
      problem, FineTuningSettings(steps: steps, batchSize: settings.batch), key: RandomKey(seed: 3))
    let point = Array(repeating: Self.logScale, count: count)
    return {
      let start = problem.initialWeights(key: RandomKey(seed: 4))
      let time = ContinuousClock().measure { _ = training.tuned(start, at: point) }
      return [("plain", time.milliseconds / Double(steps))]
    }
  }

  private func implicit() throws -> Runner {
    let trainingSteps = settings.trainingSteps
    let descent = try HyperparameterDescent(
      problem, start: Vector(repeating: Float(Self.logScale), count: count),
      box: HyperparameterBox(lower: Array(repeating: -6, count: count), upper: Array(repeating: 2, count: count)),
      settings: HyperparameterDescentSettings(
        method: ImplicitHypergradient(
          .descent(MomentumDescent(learningRate: 0.01, momentum: 0.9, steps: trainingSteps)),
          solver: .neumann(terms: settings.terms, powerIterations: 1), tolerance: .constant(1e-9)),
        optimizer: Adam(learningRate: 0.01), steps: .max,
        batches: BatchSizes(training: settings.batch, validation: settings.batch, curvature: settings.batch)),
      key: RandomKey(seed: 5))
    return {
      let before = descent.state.weights.trainingSteps
      let time = try ContinuousClock().measure { _ = try descent.step() }
      return [("implicit gradients", time.milliseconds / Double(descent.state.weights.trainingSteps - before))]
    }
  }

  private func hypernetwork() throws -> Runner {
    let response = EmbeddedResponse(
      StructuredResponse(problem, hyperparameters: settings.units), hyperparameters: count,
      embedding: .factored(problem.layers))
    let search = HyperparameterSearch(
      start: Array(repeating: Self.logScale, count: count), optimizer: Adam(learningRate: 0.01),
      scale: Array(repeating: 0.1, count: count))
    let trainer = try ResponseTrainer(
      problem, response, method: SelfTuning(search, draws: settings.draws),
      settings: ResponseSettings(batchSize: settings.batch), key: RandomKey(seed: 6))
    let steps = steps
    return {
      var (ofResponse, ofHyperparameters) = ([Double](), [Double]())
      for _ in 0..<steps {
        let isSearch = trainer.nextIsSearch
        let time = try ContinuousClock().measure { _ = try trainer.step() }.milliseconds
        if isSearch { ofHyperparameters.append(time) } else { ofResponse.append(time) }
      }
      func mean(_ times: [Double]) -> Double { times.reduce(0, +) / Double(times.count) }
      return [
        ("hypernetwork", mean(ofResponse + ofHyperparameters)), ("  of the response", mean(ofResponse)),
        ("  of the hyperparameters", mean(ofHyperparameters)),
      ]
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
