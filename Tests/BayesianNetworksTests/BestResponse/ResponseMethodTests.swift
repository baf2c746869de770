import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct ResponseMethodTests {
  private func trained(
    _ method: any ResponseMethod, optimizer: any Optimizer = SGD(learningRate: 0.01), steps: Int
  ) throws -> ResponseTrainer<Double> {
    let trainer = try ResponseTrainer(
      ScalarRidge<Double>(), LinearResponse(weights: 1, hyperparameters: 1), method: method,
      settings: ResponseSettings(optimizer: optimizer), key: RandomKey(seed: 3))
    for _ in 0..<steps { try trainer.step() }
    return trainer
  }

  /// Where a linear response fitted around h with a normal of scale 0.3 gives w = 1/2: 1.11996 by quadrature, a little
  /// above ln 3 because the true response is curved.
  @Test(arguments: [-1, 0.5, 2]) func localMethodFindsTheOptimumFromEveryStart(start: Double) throws {
    let trainer = try trained(LocalHypernetwork(ridgeSearch(start: start), draws: 8), steps: 12_000)
    var mean = 0.0
    for _ in 0..<12_000 {
      try trainer.step()
      mean += trainer.state.hyperparameters[0] / 12_000
    }
    #expect(abs(mean - 1.11996) < 0.02, "\(mean)")
  }

  /// What "local-fixed" is warned of: the same problem, and every start ends elsewhere.
  @Test(arguments: [(-1, 1.0986), (0.5, -1.535), (2, 2.954)])
  func withoutPerturbationsTheResultDependsOnTheStart(start: Double, end: Double) throws {
    let trainer = try trained(FixedLocalHypernetwork(ridgeSearch(start: start)), steps: 20_000)
    #expect(abs(trainer.state.hyperparameters[0] - end) < 0.003, "\(trainer.state.hyperparameters[0])")
  }

  @Test func globalMethodFollowsTheBestResponseOverARange() throws {
    let box = try HyperparameterBox(lower: [-2], upper: [4])
    let trainer = try ResponseTrainer(
      ScalarRidge<Double>(),
      PerceptronResponse(weights: 1, hyperparameters: 1, hidden: [20], inputScales: box.halfWidths),
      method: GlobalHypernetwork(.uniform(box), draws: 16),
      settings: ResponseSettings(optimizer: Adam(learningRate: 0.02), schedule: .cosine(steps: 4000)),
      key: RandomKey(seed: 5))
    for _ in 0..<4000 { try trainer.step() }
    let surface = ResponseSurface(
      trainer.problem, members: [.init(trainer.response, trainer.state)], key: RandomKey(seed: 6))
    for point in box.grid(25) {
      let weight = surface.weights(at: point)[0]
      #expect(abs(weight - ScalarRidge<Double>.bestResponse(point[0])) < 0.02, "\(weight) at \(point)")
    }
    let best = surface.optimum(in: box, key: RandomKey(seed: 7))
    #expect(abs(best.hyperparameters[0] - log(3)) < 0.03, "\(best.hyperparameters)")
    // dQ/dh = (w - 1/2) dw/dh is -0.25 at 0.
    #expect(abs(surface.valueAndGradient(at: [0]).gradient[0] + 0.25) < 0.02)
  }

  @Test func selfTuningFindsTheOptimumAndLearnsItsScale() throws {
    var search = ridgeSearch(start: -1)
    search.optimizer = Adam(learningRate: 0.01)
    let trainer = try ResponseTrainer(
      ScalarRidge<Double>(), LinearResponse(weights: 1, hyperparameters: 1),
      method: SelfTuning(search, draws: 4, sharesMinibatch: true),
      settings: ResponseSettings(
        optimizer: Adam(learningRate: 0.01)), key: RandomKey(seed: 8))
    for _ in 0..<10_000 { try trainer.step() }
    var mean = 0.0
    for _ in 0..<10_000 {
      try trainer.step()
      mean += trainer.state.hyperparameters[0] / 10_000
    }
    #expect(abs(mean - log(3)) < 0.05, "\(mean)")
    #expect(abs(exp(trainer.state.logScales[0]) - 0.3) > 0.02)
    // The centre goes with the hyperparameters.
    #expect(trainer.state.center == trainer.state.hyperparameters)
  }
}
