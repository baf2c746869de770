import BayesianNetworks
import Probability
import Tensors
import Testing

/// Ten steps are the same as five, a checkpoint, and five more, bit for bit.
@Suite struct ResumeTests {
  static let times = CollectionTimes(start: 2, every: 1)
  static let cases: [(optimizer: any Optimizer, collector: (any IterateCollector)?)] = [
    (Adam(learningRate: 1e-2), nil), (RMSProp(learningRate: 1e-2), SWA(times)),
    (MomentumSGD(learningRate: 1e-3), SWAG(times, rank: 3)),
    (PreconditionedSGLD(learningRate: 1e-3), ChainSamples(times, maximum: 50)),
  ]
  let model = BayesianModel(
    network: Network(inputs: 3, hidden: [6], outputs: 1), likelihood: .gaussian(scale: 0.3, learned: true),
    prior: GaussianPrior())

  func trainer(_ index: Int) throws(TrainingError) -> Trainer<Float> {
    try Trainer(
      PointEstimateObjective(model, maximumRows: 8),
      settings: TrainingSettings(
        optimizer: Self.cases[index].optimizer, batchSize: 8, steps: 10, schedule: .constant,
        collector: Self.cases[index].collector),
      data: examples(model.likelihood, rows: 21, inputs: 3, outputs: 1), key: RandomKey(seed: 5))
  }

  @Test(arguments: 0..<4)
  func tenStepsAreFiveAndFive(index: Int) throws {
    let whole = try trainer(index)
    for _ in 0..<10 { try whole.step() }
    let first = try trainer(index)
    let fresh = first.state
    for _ in 0..<5 { try first.step() }
    let bytes = Checkpoint(first.state).encode()
    let second = try trainer(index)
    try second.resume(from: Checkpoint(decoding: bytes, expecting: fresh).trainings[0].state)
    #expect(second.state == first.state && second.state.step == 5)
    for _ in 0..<5 { try second.step() }
    #expect(second.state == whole.state)
    #expect(Checkpoint(second.state).encode() == Checkpoint(whole.state).encode())
    #expect(second.state != first.state)
  }
}
