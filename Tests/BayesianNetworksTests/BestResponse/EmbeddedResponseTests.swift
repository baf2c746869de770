import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct EmbeddedResponseTests {
  @Test func responsesHaveThePapersParameterCounts() {
    let weights = Network(inputs: 784, hidden: [], outputs: 10).parameterCount
    #expect(weights == 7850)
    #expect(LinearResponse<Float>(weights: weights, hyperparameters: 1).parameterCount == 15_700)
    #expect(PerceptronResponse<Float>(weights: weights, hyperparameters: 1, hidden: [50]).parameterCount == 400_450)
    let embedded = EmbeddedResponse(
      LinearResponse<Float>(weights: weights, hyperparameters: 10), hyperparameters: weights)
    #expect(embedded.parameterCount == 164_860)
  }

  /// Moving the centre is no change of the function, also where the embedding has biases.
  @Test func recentringLeavesTheResponse() throws {
    let problem = TwoLayerLinearNetwork()
    let inner = StructuredResponse<Double>(problem, hyperparameters: 2)
    var search = HyperparameterSearch(start: [0.3], optimizer: SGD(learningRate: 0.05), scale: [0.3])
    search.warmup = 50
    let trainer = try ResponseTrainer(
      problem, EmbeddedResponse(inner, hyperparameters: 1), method: SelfTuning(search, draws: 2, sharesMinibatch: true),
      settings: ResponseSettings(optimizer: Adam(learningRate: 0.02)), key: RandomKey(seed: 40))
    while !trainer.nextIsSearch { try trainer.step() }
    func weights() -> [[Double]] {
      let surface = ResponseSurface(
        problem, members: [.init(trainer.response, trainer.state)], key: RandomKey(seed: 0))
      return [-1, 0.3, 2].map { surface.weights(at: [$0]).array }
    }
    let before = weights()
    try trainer.step()
    #expect(trainer.state.center[0] != 0.3)
    #expect(before[0] != before[2])
    for (old, new) in zip(before.joined(), weights().joined()) { #expect(abs(old - new) < 1e-12) }
  }

  /// A prior scale for each of 478,410 weights.
  @Test func hundredsOfThousandsOfHyperparametersStepWithinMemory() throws {
    let network = Network(inputs: 784, hidden: [400, 400], outputs: 10)
    let rows = 8
    let examples = Examples(
      inputs: Matrix(Vector<Float>.uniform(RandomKey(seed: 50), count: rows * 784), rows: rows, columns: 784),
      targets: .classes((0..<Int32(rows)).map { $0 % 10 }))
    let problem = RegularizedNetworkProblem(
      network, likelihood: .categorical, grouping: .weights, training: examples, validation: examples)
    let count = problem.hyperparameterCount
    #expect(count == 478_410)
    let response = EmbeddedResponse(
      StructuredResponse(problem, hyperparameters: 10), hyperparameters: count, embedding: .factored(problem.layers))
    #expect(response.parameterCount < 1_000_000)
    let search = HyperparameterSearch(
      start: Array(repeating: -2, count: count), optimizer: Adam(learningRate: 0.01),
      scale: Array(repeating: 0.1, count: count))
    let trainer = try ResponseTrainer(
      problem, response, method: SelfTuning(search, draws: 2), settings: ResponseSettings(batchSize: rows),
      key: RandomKey(seed: 51))
    let start = trainer.state.hyperparameters
    for _ in 0..<4 { try trainer.step() }
    #expect(trainer.state.hyperparameterSteps == 2)
    #expect(trainer.state.hyperparameters != start)
    // Of 32-bit numbers: the state has phi with two buffers of Adam and eight vectors of hyperparameters. The programs
    // may have as much again; a slope of each weight for each hyperparameter would be 2e11.
    let numbers = 3 * response.parameterCount + 8 * count
    #expect(numbers + trainer.workspaceCount < 30_000_000, "\(numbers) and \(trainer.workspaceCount)")
  }
}
