import BayesianNetworks
import Probability
import Tensors
import Testing

/// Laplace's approximation in a file: samples and linearised outputs are the same bit for bit.
@Suite struct LaplaceFileTests {
  static let cases: [(LaplaceApproximation.Curvature, LaplaceApproximation.Scope, Likelihood, any Prior)] = [
    (.full, .all, .gaussian(scale: 0.5, learned: true), GaussianPrior(scale: 0.7)),
    (.hessian, .lastLayer, .gaussian(scale: 0.5), GaussianPrior(scale: 0.7)),
    (.diagonal, .all, .categorical, GaussianPrior(scale: 0.7)),
    // A precision for each weight.
    (.diagonal, .all, .categorical, ScaleMixturePrior(weight: 0.5, wide: 1, narrow: 0.9)),
    (.kronecker, .all, .gaussian(scale: 0.5, learned: true), GaussianPrior(scale: 0.7)),
    (.kronecker, .lastLayer, .categorical, GaussianPrior(scale: 0.7)),
  ]

  @Test(arguments: 0..<6, [LaplaceApproximation.Predictive.linearized, .sampled])
  func samplesAndOutputsAreTheSame(index: Int, predictive: LaplaceApproximation.Predictive) throws {
    let (curvature, scope, likelihood, prior) = Self.cases[index]
    let outputs = likelihood == .categorical ? 3 : 1
    let model = BayesianModel(
      network: Network(inputs: 2, hidden: [4], outputs: outputs, activation: .tanh), likelihood: likelihood,
      prior: prior)
    let data: Examples<Float> = examples(likelihood, rows: 20, inputs: 2, outputs: outputs)
    let key = RandomKey(seed: 4)
    let mode = Vector(Vector<Float>.normal(key, count: model.parameterCount).array.map { 0.1 * $0 })
    let method = LaplaceApproximation(curvature: curvature, scope: scope, predictive: predictive)
    let state = TrainingState(parameters: mode, optimizer: SGD())
    let posterior = try method.posterior(of: state, model: model, data: data, key: key)
    let file = PosteriorFile(
      posterior, model: model, method: "laplace",
      data: DataDescription(
        features: ["a", "b"], target: "y", classes: likelihood == .categorical ? ["r", "g", "b"] : nil))
    let bytes = try file.encode()
    let found = try PosteriorFile<Float>(decoding: bytes)
    #expect(type(of: found.posterior) == type(of: posterior))
    #expect(try found.encode() == bytes)
    for index in 0..<5 {
      #expect(found.posterior.sample(index, key: key) == posterior.sample(index, key: key))
    }
    #expect(posterior.sample(0, key: key) != posterior.sample(1, key: key))
    let evaluation = Evaluation(samples: 7, key: key)
    let scores = evaluation.scores(of: method.predictive(of: posterior, model: model), data: data)
    #expect(evaluation.scores(of: found.predictive, data: data) == scores)
    #expect(
      (found.posterior as? any EvidencePosterior<Float>)?.logEvidence
        == (posterior as? any EvidencePosterior<Float>)?.logEvidence)
    for name in try SafeTensors(decoding: bytes).tensors.keys where name.contains("curvature") {
      #expect(throws: CheckpointError.missingTensor(name: name)) {
        var damaged = try SafeTensors(decoding: bytes)
        damaged.tensors[name] = nil
        _ = try PosteriorFile<Float>(decoding: damaged.encode())
      }
    }
  }
}
