import ArgumentParser
import BayesianNetworks
import Foundation
import Tensors

/// What a step is made of.
struct Workload {
  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case bbb, mog, lrt, flipout, map
  }

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case mlp
    case lenet5 = "lenet-5"
    case yacht
  }

  var mode: Mode
  var kind: Kind
  var hidden: Int
  var batch: Int
  var samples: Int

  /// Units from layer to layer, of the multilayer perceptrons.
  var units: [Int] {
    switch kind {
    case .mlp: [784, hidden, hidden, 10]
    case .yacht: [6, 50, 1]
    case .lenet5: []
    }
  }

  var network: Network {
    get throws {
      switch kind {
      case .mlp, .yacht: Network(inputs: units[0], hidden: Array(units[1..<(units.count - 1)]), outputs: units.last!)
      case .lenet5: try .leNet5(input: .image(height: 28, width: 28, channels: 1), outputs: 10)
      }
    }
  }

  /// A trainer with its data, and what a profile of it needs.
  final class Runner {
    let trainer: Trainer<Float>
    let dataBytes: Int
    private let variational: VariationalObjective<Float>?
    private let data: Examples<Float>
    private let rows: Int

    init(_ trainer: Trainer<Float>, variational: VariationalObjective<Float>?, data: Examples<Float>, rows: Int) {
      self.trainer = trainer
      self.variational = variational
      self.data = data
      self.rows = rows
      dataBytes = data.count * (data.inputs.columns + 1) * MemoryLayout<Float>.stride
    }

    func step() throws { try trainer.step() }

    /// The least time of each operation in twenty runs; nil where there is no profile.
    func profile() throws -> [(name: String, seconds: Double)]? {
      guard let variational, case .classes(let classes) = data.targets else { return nil }
      let parameters = trainer.state.parameters
      var gradient = Vector<Float>(count: parameters.count)
      defer { withExtendedLifetime((parameters, gradient)) {} }
      var least: [(name: String, seconds: Double)] = []
      classes.withUnsafeBufferPointer { classes in
        let minibatch = Minibatch(
          inputs: data.inputs.unsafePointer, targets: .classes(classes.baseAddress!), rows: rows, fraction: 0.01)
        for round in 0..<20 {
          let times = variational.profile(
            minibatch, parameters: parameters.unsafePointer, key: RandomKey(seed: UInt64(round)),
            gradient: gradient.unsafeMutablePointer())
          if least.isEmpty { least = times }
          for (index, time) in times.enumerated() { least[index].seconds = min(least[index].seconds, time.seconds) }
        }
      }
      return least
    }
  }

  func makeRunner() throws -> Runner {
    let key = RandomKey(seed: 0)
    let network = try network
    let rows = kind == .yacht ? 277 : batch
    let inputs = Matrix(
      Vector<Float>.uniform(key.folded(0), count: rows * network.inputs), rows: rows, columns: network.inputs)
    let targets: Targets<Float> =
      kind == .yacht
      ? .values(Matrix(Vector<Float>.normal(key.folded(1), count: rows), rows: rows, columns: 1))
      : .classes((0..<rows).map { Int32(key.folded(1).bits(UInt64($0)) % 10) })
    let model = BayesianModel(
      network: network, likelihood: kind == .yacht ? .gaussian(scale: 0.1, learned: true) : .categorical,
      prior: mode == .mog ? ScaleMixturePrior(weight: 0.5, wide: 1, narrow: exp(-7)) : GaussianPrior(scale: 1))
    let data = Examples(inputs: inputs, targets: targets)
    let settings = TrainingSettings(optimizer: Adam(learningRate: 1e-4), batchSize: batch, steps: 1_000_000)
    if mode == .map {
      let objective = PointEstimateObjective<Float>(model, maximumRows: batch)
      let trainer = try Trainer(objective, settings: settings, data: data, key: key.folded(2))
      return Runner(trainer, variational: nil, data: data, rows: batch)
    }
    let objective = VariationalObjective<Float>(model, method: method, maximumRows: batch)
    let trainer = try Trainer(objective, settings: settings, data: data, key: key.folded(2))
    return Runner(trainer, variational: objective, data: data, rows: batch)
  }

  private var method: BayesByBackprop {
    let estimator: BayesByBackprop.Estimator =
      switch mode {
      case .lrt: .localReparameterization
      case .flipout: .flipout
      default: .weightSampling
      }
    let isClosed = mode == .lrt || mode == .flipout
    return BayesByBackprop(estimator: estimator, complexity: isClosed ? .automatic : .sampled, samples: samples)
  }

  /// Floating-point operations of a step's matrix products: two for each weight and row in the forward pass, four in the
  /// backward pass, of which two are spared in the first layer. Local reparameterisation has two products for each of these,
  /// and shares the first layer's forward pass between the samples.
  var matrixOperations: Double? {
    guard !units.isEmpty else { return nil }
    let rows = Double(batch)
    var total = 0.0
    for (index, (inputs, outputs)) in zip(units, units.dropFirst()).enumerated() {
      let product = 2 * Double(inputs * outputs) * rows
      let isFirst = index == 0
      switch mode {
      case .bbb, .mog: total += Double(samples) * product * (isFirst ? 2 : 3)
      case .lrt: total += 2 * product * (isFirst ? 2 : 3 * Double(samples))
      case .flipout: total += 2 * Double(samples) * product * (isFirst ? 2 : 3)
      case .map: total += product * (isFirst ? 2 : 3)
      }
    }
    return total
  }
}
