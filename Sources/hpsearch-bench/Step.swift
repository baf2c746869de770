import ArgumentParser
import BayesianNetworks
import Dispatch
import Foundation
import Tensors

/// Times one training step of Bayes by Backprop on a multilayer perceptron 784-H-H-10, the network of the MNIST
/// experiments, with random inputs.
struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time one training step of Bayes by Backprop on a 784-H-H-10 network.")

  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case bbb, mog, lrt
  }

  @Option(
    help: """
      bbb: sampled weights, Gaussian prior, sampled complexity; mog: the same with a scale mixture prior; lrt: local \
      reparameterization, Gaussian prior, complexity in closed form.
      """)
  var mode = Mode.bbb

  @Option(help: "Units of each hidden layer.")
  var hidden = 400

  @Option(help: "Threads of the linear algebra.")
  var threads = 1

  @Option(help: "Examples of a minibatch.")
  var batch = 128

  @Option(help: "Posterior samples of a step.")
  var samples = 2

  @Option(help: "Steps to time, after five that are not.")
  var steps = 60

  func validate() throws {
    for (name, value) in [
      ("hidden", hidden), ("threads", threads), ("batch", batch), ("samples", samples), ("steps", steps),
    ] where value < 1 {
      throw ValidationError("--\(name) must be at least 1, got \(value)")
    }
  }

  func run() throws {
    BLAS.setThreads(threads)
    let trainer = try makeTrainer()
    for _ in 0..<5 { try trainer.step() }
    var times = try (0..<steps).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      try trainer.step()
      return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
    }
    times.sort()
    let (median, least) = (String(format: "%.2f", times[steps / 2]), String(format: "%.2f", times[0]))
    print(
      "\(mode.rawValue) hidden=\(hidden) threads=\(threads) batch=\(batch) samples=\(samples) core=\(BLAS.coreName): "
        + "median \(median) ms/step  min \(least)")
  }

  private func makeTrainer() throws(TrainingError) -> Trainer<Float> {
    let key = RandomKey(seed: 0)
    let inputs = Matrix(Vector<Float>.uniform(key.folded(0), count: batch * 784), rows: batch, columns: 784)
    let classes = (0..<batch).map { Int32(key.folded(1).bits(UInt64($0)) % 10) }
    let prior: any Prior =
      switch mode {
      case .mog: ScaleMixturePrior(weight: 0.5, wide: 1, narrow: exp(-7))
      case .bbb, .lrt: GaussianPrior(scale: 1)
      }
    let model = BayesianModel(
      network: Network(inputs: 784, hidden: [hidden, hidden], outputs: 10), likelihood: .categorical, prior: prior)
    let method = BayesByBackprop(
      estimator: mode == .lrt ? .localReparameterization : .weightSampling,
      complexity: mode == .lrt ? .automatic : .sampled, samples: samples)
    return try Trainer(
      VariationalObjective(model, method: method, maximumRows: batch),
      settings: TrainingSettings(optimizer: Adam(learningRate: 1e-4), batchSize: batch, steps: steps + 5),
      data: Examples(inputs: inputs, targets: .classes(classes)), key: key.folded(2))
  }
}
