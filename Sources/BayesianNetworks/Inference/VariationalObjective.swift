import Autodiff
public import Probability
public import Tensors

/// The loss of Bayes by Backprop: -E_q[log p(minibatch | w)] + (B / N) KL[q || p].
///
/// The parameters are the means of all weights, their rhos, and the likelihood's own parameters.
public final class VariationalObjective<Scalar: DensityScalar>: GraphObjective {
  public let model: BayesianModel
  public let method: BayesByBackprop
  public let initialization: PosteriorInitialization
  public let maximumRows: Int
  private let programs: ObjectivePrograms<Scalar>

  public init(
    _ model: BayesianModel, method: BayesByBackprop, initialization: PosteriorInitialization = .init(),
    maximumRows: Int
  ) {
    self.model = model
    self.method = method
    self.initialization = initialization
    self.maximumRows = maximumRows
    programs = ObjectivePrograms { rows in VariationalGraph(model, method, rows: rows).graph }
  }

  public var parameterCount: Int { model.variationalParameterCount }

  public func initialParameters(key: RandomKey) -> Vector<Scalar> {
    initialization.variationalParameters(of: model, key: key)
  }

  public func evaluate(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss {
    programs.evaluate(minibatch, parameters: parameters, key: key, gradient: gradient)
  }

  /// What one evaluation spends its time with: operations in their order, with seconds.
  public func profile(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> [(name: String, seconds: Double)] {
    programs.bound(minibatch, parameters: parameters, gradient: gradient).profile(key: key)
  }

  package func graph(rows: Int) -> ObjectiveGraph<Scalar> { VariationalGraph(model, method, rows: rows).graph }

  public func check(_ data: Examples<Scalar>) throws(TrainingError) {
    try TrainingError.checkSamples(method.samples)
    try model.check(data)
  }

  public func locate(_ parameterIndex: Int) -> String { model.locateVariational(parameterIndex) }
}

/// The expression of the loss, for each estimator.
private struct VariationalGraph<Scalar: DensityScalar> {
  let model: BayesianModel
  let method: BayesByBackprop
  let rows: Int
  var graph: ObjectiveGraph<Scalar>
  private var means: [Variable<Scalar>] = []
  private var rhos: [Variable<Scalar>] = []

  private var network: Network { model.network }
  /// The prior of the operations; where it is refitted, their part of the complexity is not used.
  private var prior: any Prior { method.refitsPrior ? GaussianPrior() : model.prior }
  private func prior(of layer: Int) -> any Prior { prior.restricted(to: network.affineLayers[layer].range) }
  private var samplesComplexity: Bool {
    !method.refitsPrior && (method.complexity == .sampled || !prior.hasClosedDivergence)
  }

  init(_ model: BayesianModel, _ method: BayesByBackprop, rows: Int) {
    (self.model, self.method, self.rows) = (model, method, rows)
    graph = ObjectiveGraph(model, rows: rows)
    let count = model.network.parameterCount
    for layer in model.network.affineLayers {
      means.append(graph.parameters([layer.parameterCount], start: layer.start, name: "\(layer.name).mean"))
      rhos.append(graph.parameters([layer.parameterCount], start: count + layer.start, name: "\(layer.name).rho"))
    }
    let logNoise = graph.logNoise(model, start: 2 * count)
    let outputs: [Variable<Scalar>]
    switch method.estimator {
    case .weightSampling: outputs = sampledWeights()
    case .localReparameterization: outputs = [localReparameterization()]
    case .flipout: outputs = flipout()
    }
    let values = outputs.map {
      model.likelihood.negativeLogLikelihood(
        outputs: $0, targets: graph.targets, examples: rows, logNoise: logNoise)
    }
    graph.negativeLogLikelihood = Variable.sum(of: values) * Scalar(1 / Double(method.samples))
    if method.refitsPrior { graph.complexity = divergenceFromFit() }
  }

  /// The divergence from the prior N(m, s^2) that is fitted to the posterior. At the fit, the sum of
  /// (sigma_i^2 + (mu_i - m)^2) / s^2 is the number n of weights, so that it is n log s - sum log sigma_i. Its gradient
  /// is that for a fixed prior, as m and s are where the divergence's derivatives with respect to them are 0.
  private func divergenceFromFit() -> Variable<Scalar> {
    let sums = Variable.sum(
      of: zip(means, rhos).map { SharedPriorSums(count: $0.shape.count)($0, $1) })
    let count = Scalar(network.parameterCount)
    let mean = sums.slice(from: 0, shape: []) / count
    let variance = sums.slice(from: 1, shape: []) / count - mean.squared()
    return variance.log() * (0.5 * count) - sums.slice(from: 2, shape: [])
  }

  /// The path of labels of a layer's noise in a sample.
  private func noise(_ sample: Int, _ layer: Int) -> NoiseSource { NoiseSource(.normal, labels: [sample, layer]) }

  /// One sample of all weights for each of the samples, shared by the minibatch (Blundell et al. 2015, section 3.2).
  private mutating func sampledWeights() -> [Variable<Scalar>] {
    let draws = network.affineLayers.indices.map { draw($0, labels: { [$0] }) }
    return (0..<method.samples).map { sample in
      network.outputs(of: graph.inputs, weights: draws.map { $0[sample] }, dropoutLabels: [sample, Self.masks])
    }
  }

  /// The samples of a layer's weights; their complexity is added to that of the graph.
  private mutating func draw(_ layer: Int, labels: (Int) -> [Int]) -> [Variable<Scalar>] {
    var weights: [Variable<Scalar>] = []
    // An operation has room for so many results.
    for first in stride(from: 0, to: method.samples, by: 32) {
      let sources = (first..<min(first + 32, method.samples)).map { sample in
        NoiseSource(.normal, labels: labels(sample) + [layer])
      }
      let draw = GaussianDraw<Scalar>(
        count: means[layer].shape.count, sources: sources, totalSamples: method.samples, prior: prior(of: layer),
        complexity: samplesComplexity ? .sampled : .closed)
      let results = draw.results([means[layer], rhos[layer]])
      weights += results[..<draw.samples]
      add(results[draw.complexityResult])
    }
    return weights
  }

  private mutating func add(_ complexity: Variable<Scalar>) {
    guard !method.refitsPrior else { return }
    graph.complexity = graph.complexity + complexity
  }

  /// The scale and the variance of each layer's weights; the complexity is added to that of the graph.
  private mutating func scales() -> [(scale: Variable<Scalar>, variance: Variable<Scalar>)] {
    network.affineLayers.indices.map { layer in
      let results = VariationalScale<Scalar>(count: means[layer].shape.count, prior: prior(of: layer))
        .results([means[layer], rhos[layer]])
      if samplesComplexity {
        _ = draw(layer, labels: { [$0, Self.weightsForComplexity] })
      } else {
        add(results[2])
      }
      return (results[0], results[1])
    }
  }

  /// Activations sampled for each example. The samples of all layers go through the network together, one after another
  /// in the rows; the first layer's mean and variance are the same for all and are computed once.
  private mutating func localReparameterization() -> Variable<Scalar> {
    let variances = scales().map(\.variance)
    let (means, samples) = (means, method.samples)
    var isFirst = true
    return network.outputs(of: graph.inputs, dropoutLabels: [Self.masks]) { layer, x in
      let geometry = layer.geometry(inputCount: x.shape.count)
      let mean = x.affine(means[layer.index], geometry)
      let variance = x.squared().affine(variances[layer.index], geometry)
      defer { isFirst = false }
      return GaussianActivation(
        count: mean.shape.count, samples: isFirst ? samples : 1, source: NoiseSource(.normal, labels: [0, layer.index])
      )(mean, variance)
    }
  }

  /// One perturbation of the weights for all examples of a sample, made nearly independent between them by random signs
  /// (Wen et al. 2018, eq. 4): x mean + ((x o s) perturbation) o r.
  private mutating func flipout() -> [Variable<Scalar>] {
    let scales = scales().map(\.scale)
    let (means, rows) = (means, rows)
    return (0..<method.samples).map { sample in
      network.outputs(of: graph.inputs, dropoutLabels: [sample, Self.masks]) { layer, x in
        let geometry = layer.geometry(inputCount: x.shape.count)
        let labels = [sample, layer.index]
        let perturbation = scales[layer.index].multiplied(by: NoiseSource(.normal, labels: labels))
        let channels = layer.convolution?.channels ?? layer.inputs
        let signed = x.withRandomSigns(
          images: rows, places: layer.inputSize / channels, channels: channels, labels: labels + [1])
        let moved = signed.affine(perturbation, geometry).withRandomSigns(
          images: rows, places: layer.rowsPerExample, channels: layer.outputs, labels: labels + [2])
        return x.affine(means[layer.index], geometry) + moved
      }
    }
  }

  // Labels that set streams of noise apart from those of the layers.
  private static var masks: Int { 1 << 32 }
  private static var weightsForComplexity: Int { 1 << 33 }
}
