import Autodiff
import Foundation
public import Probability
public import Tensors

/// The loss of implicit weights w = g(eps; Theta): -(1/S) sum_s log p(y | x, w_s) or -log (1/S) sum_s p(y | x, w_s),
/// summed over the minibatch. It has no complexity. See `Hypernetwork` and, for the parameters, `HypernetworkLayout`.
///
/// The last layer of g is linear, so that weights of a single example are never built: with h the units of the last
/// hidden layer, x W(h) = x V_K + sum_k h_k (x V_k).
public final class ImplicitObjective<Scalar: DensityScalar>: GraphObjective {
  public let model: BayesianModel
  public let method: Hypernetwork
  public let layout: HypernetworkLayout
  public let initialization: PosteriorInitialization
  public let maximumRows: Int
  private let programs: ObjectivePrograms<Scalar>

  public init(
    _ model: BayesianModel, method: Hypernetwork, initialization: PosteriorInitialization = .init(means: .fanIn),
    maximumRows: Int
  ) {
    let layout = HypernetworkLayout(method, model: model)
    self.model = model
    self.method = method
    self.layout = layout
    self.initialization = initialization
    self.maximumRows = maximumRows
    programs = ObjectivePrograms { rows in ImplicitGraph(model, method, layout, rows: rows).graph }
  }

  public var parameterCount: Int { layout.parameterCount }

  /// Each row of a head is a draw from the initialisation of the network, scaled so that a sum of K of them, weighted
  /// with hidden units whose mean square is 1 without dropout and 1 / (1 - rate)^layers with it, has the variance of
  /// one draw. Biases of heads are 0.
  public func initialParameters(key: RandomKey) -> Vector<Scalar> {
    var parameters = Vector<Scalar>(count: parameterCount)
    let base = parameters.unsafeMutablePointer()
    if let hidden = layout.hidden {
      let start: DiagonalGaussian<Scalar> = PosteriorInitialization(means: .fanIn).posterior(
        of: hidden, key: key.folded(0))
      withExtendedLifetime(start) { Scalar.copy(start.mean.unsafePointer, into: base, count: hidden.parameterCount) }
    }
    let square = Double(layout.features) / pow(1 - method.dropout, Double(method.hidden.count))
    for k in 0..<layout.features {
      var draw = (initialization.posterior(of: model.network, key: key.folded(k + 1)) as DiagonalGaussian<Scalar>).mean
      let weights = draw.unsafeMutablePointer()
      Scalar.scale(weights, by: Scalar(1 / square.squareRoot()), count: draw.count)
      for layer in model.network.affineLayers {
        let row = base + layout.head(of: layer).lowerBound + k * layer.parameterCount
        Scalar.copy(weights + layer.start, into: row, count: layer.parameterCount)
      }
    }
    base[layout.inputScale] = Scalar.inverseSoftplus(Scalar(method.inputScale))
    if let place = layout.inputNoise { base[place] = Scalar.inverseSoftplus(Scalar(method.inputNoise ?? 1)) }
    for (index, value) in model.likelihood.initialParameters.enumerated() { base[layout.tail + index] = Scalar(value) }
    return parameters
  }

  public func evaluate(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss {
    programs.evaluate(minibatch, parameters: parameters, key: key, gradient: gradient)
  }

  package func graph(rows: Int) -> ObjectiveGraph<Scalar> { ImplicitGraph(model, method, layout, rows: rows).graph }

  public func check(_ data: Examples<Scalar>) throws(TrainingError) {
    try TrainingError.checkSamples(method.samples)
    for (name, scale) in [("noise of the hypernetwork", method.inputScale), ("inputs' noise", method.inputNoise ?? 1)] {
      guard scale > 0 else {
        throw .badSetting(name: "the scale of the \(name)", found: "\(scale)", expected: "a number above 0")
      }
    }
    try model.check(data)
  }

  public func locate(_ parameterIndex: Int) -> String { layout.locate(parameterIndex) }
}

/// The expression of the loss. The S samples of all examples go through the network together, one after another in the
/// rows.
private struct ImplicitGraph<Scalar: DensityScalar> {
  let model: BayesianModel
  let method: Hypernetwork
  let layout: HypernetworkLayout
  let rows: Int
  var graph: ObjectiveGraph<Scalar>

  private var network: Network { model.network }
  private var samples: Int { method.samples }

  init(_ model: BayesianModel, _ method: Hypernetwork, _ layout: HypernetworkLayout, rows: Int) {
    (self.model, self.method, self.layout, self.rows) = (model, method, layout, rows)
    graph = ObjectiveGraph(model, rows: rows)
    let features = hiddenUnits(method.sharesSamples ? samples : samples * rows)
    let heads = network.affineLayers.map { layer in
      let range = layout.head(of: layer)
      return graph.parameters([range.count], start: range.lowerBound, name: "hypernetwork.head of \(layer.name)")
    }
    let x = inputs()
    let logNoise = graph.logNoise(model, start: layout.tail)
    let outputs = method.sharesSamples ? shared(x, features, heads) : individual(x, features, heads)
    graph.negativeLogLikelihood = loss(outputs, logNoise)
  }

  /// The last hidden layer for so many draws of the noise.
  private mutating func hiddenUnits(_ draws: Int) -> Variable<Scalar> {
    let weights = layout.hidden?.affineLayers.map { layer in
      graph.parameters([layer.parameterCount], start: layer.start, name: "hypernetwork.\(layer.name)")
    }
    let scale = graph.parameters([], start: layout.inputScale, name: "scale of the hypernetwork's noise").softplus()
    let noise = Variable<Scalar>.noise(NoiseSource(.normal, labels: [0]), shape: [draws, layout.noise]) * scale
    guard let hidden = layout.hidden, let weights else { return noise }
    return hidden.outputs(of: noise, weights: weights, dropoutLabels: [1])
  }

  /// The inputs S times, with noise.
  private mutating func inputs() -> Variable<Scalar> {
    let x = samples == 1 ? graph.inputs : .concatenated(Array(repeating: graph.inputs, count: samples))
    let shape: Shape = [samples * rows, network.inputs]
    guard let place = layout.inputNoise else { return x.reshaped(shape) }
    let scale = graph.parameters([], start: place, name: "scale of the inputs' noise").softplus()
    return x.reshaped(shape) + Variable<Scalar>.noise(NoiseSource(.normal, labels: [2]), shape: shape) * scale
  }

  /// Every row with weights of its own.
  private func individual(
    _ x: Variable<Scalar>, _ features: Variable<Scalar>, _ heads: [Variable<Scalar>]
  ) -> Variable<Scalar> {
    let count = features.shape.rows
    return network.outputs(of: x, dropoutLabels: [3]) { layer, x in
      guard layer.convolution == nil else {
        return convolution(layer, x, features, heads[layer.index])
      }
      let generated = GeneratedLayer(
        rows: count, inputs: layer.inputs, outputs: layer.outputs, features: layout.features)
      return GeneratedAffine(layer: generated)(x, features, heads[layer.index])
    }
  }

  /// x V_K + sum_k h_k (x V_k) with the convolutions one by one.
  private func convolution(
    _ layer: AffineLayer, _ x: Variable<Scalar>, _ features: Variable<Scalar>, _ head: Variable<Scalar>
  ) -> Variable<Scalar> {
    let geometry = layer.geometry(inputCount: x.shape.count)
    let examples = features.shape.rows
    return .sum(
      of: (0...layout.features).map { k in
        let y = x.affine(head.slice(from: k * layer.parameterCount, shape: [layer.parameterCount]), geometry)
        guard k < layout.features else { return y }
        let selector = (0..<layout.features).map { $0 == k ? Scalar(1) : 0 }
        let units = features.matrixProduct(.constant(selector, shape: [layout.features, 1]))
        let shape: Shape = [examples, y.shape.count / examples]
        return (y.reshaped(shape) * units.broadcastToColumns(of: shape)).reshaped(y.shape)
      })
  }

  /// All rows of a sample with the same weights, which are built.
  private func shared(
    _ x: Variable<Scalar>, _ features: Variable<Scalar>, _ heads: [Variable<Scalar>]
  ) -> Variable<Scalar> {
    let weights = network.affineLayers.map { layer in
      features.affine(heads[layer.index], inputs: layout.features, outputs: layer.parameterCount)
    }
    let count = rows * network.inputs
    let outputs = (0..<samples).map { sample in
      network.outputs(
        of: x.slice(from: sample * count, shape: [rows, network.inputs]),
        weights: zip(network.affineLayers, weights).map {
          $1.slice(from: sample * $0.parameterCount, shape: [$0.parameterCount])
        }, dropoutLabels: [3, sample])
    }
    return outputs.count == 1
      ? outputs[0] : .concatenated(outputs).reshaped([samples * rows, network.outputs])
  }

  private func loss(_ outputs: Variable<Scalar>, _ logNoise: Variable<Scalar>?) -> Variable<Scalar> {
    guard method.objective == .logMeanExp, samples > 1 else {
      let value = model.likelihood.negativeLogLikelihood(
        outputs: outputs, targets: graph.targets, examples: rows, logNoise: logNoise)
      return value * Scalar(1 / Double(samples))
    }
    // Samples x rows, and then rows x samples.
    let densities = logDensities(outputs, logNoise).reshaped([samples, rows])
    let identity = (0..<(samples * samples)).map { $0 / samples == $0 % samples ? Scalar(1) : 0 }
    let byRow = densities.matrixProduct(.constant(identity, shape: [samples, samples]), transposeA: true)
    // A number less its log softmax is the logarithm of the sum, for every sample.
    let sums = (byRow - byRow.logSoftmax()).sum() * Scalar(1 / Double(samples))
    return Scalar(Double(rows) * log(Double(samples))) - sums
  }

  /// log p(y | output) of each row.
  private func logDensities(_ outputs: Variable<Scalar>, _ logNoise: Variable<Scalar>?) -> Variable<Scalar> {
    let columns = network.outputs
    switch model.likelihood {
    case .categorical:
      let chosen = Variable.concatenated(Array(repeating: graph.targets.oneHot(columns: columns), count: samples))
      return (outputs.logSoftmax() * chosen.reshaped(outputs.shape)).sumOfColumns()
    case .gaussian(let scale, _):
      let targets = Variable.concatenated(Array(repeating: graph.targets, count: samples)).reshaped(outputs.shape)
      let squares = (outputs - targets).squared().sumOfColumns()
      let constant = Double(columns) * Gaussian().logDensity(0)
      guard let logNoise else {
        return squares * Scalar(-0.5 / (scale * scale)) + Scalar(constant - Double(columns) * log(scale))
      }
      return squares * ((logNoise * -2).exp() * -0.5) - (logNoise * Scalar(columns) - Scalar(constant))
    }
  }
}
