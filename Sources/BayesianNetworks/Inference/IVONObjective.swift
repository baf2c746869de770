import Autodiff
public import Probability
public import Tensors

/// What IVON descends (Shen et al. 2024, algorithm 1): gradient and curvature of the likelihood at samples of the
/// weights.
///
/// The parameters are [mean (n), h (n)] for the n point parameters of the model: the weights, and then the likelihood's
/// own. A sample is w = mean + sigma noise with
///
///     sigma^2 = 1 / (ess (h + delta)) = 1 / (ess h + 1 / s^2)
///
/// for the prior N(0, s^2): delta = 1 / (ess s^2) is the weight decay of the rule. What is written as the gradient is
/// [g, f]: the mean over the samples of the gradient g of the minibatch's negative log likelihood, and that of
/// f = g noise / sigma, which estimates the diagonal of its Hessian. The prior is the rule's, so that the loss has no
/// complexity, and its factor (warm-up, temperature) changes nothing here: the method has a temperature of its own.
public final class IVONObjective<Scalar: DensityScalar>: GraphObjective {
  public let model: BayesianModel
  public let method: VariationalOnlineNewton
  public let initialization: PosteriorInitialization
  public let maximumRows: Int
  private let programs: ObjectivePrograms<Scalar>

  public init(
    _ model: BayesianModel, method: VariationalOnlineNewton, initialization: PosteriorInitialization = .init(),
    maximumRows: Int
  ) {
    self.model = model
    self.method = method
    self.initialization = initialization
    self.maximumRows = maximumRows
    programs = ObjectivePrograms { rows in Self.graph(model, samples: method.samples, rows: rows) }
  }

  public var parameterCount: Int { 2 * model.parameterCount }

  public func initialParameters(key: RandomKey) -> Vector<Scalar> {
    let posterior: DiagonalGaussian<Scalar> = initialization.posterior(of: model.network, key: key)
    let (count, weights) = (model.parameterCount, model.network.parameterCount)
    var parameters = Vector<Scalar>(repeating: Scalar(method.hessian), count: 2 * count)
    let base = parameters.unsafeMutablePointer()
    withExtendedLifetime(posterior) { Scalar.copy(posterior.mean.unsafePointer, into: base, count: weights) }
    for (index, value) in model.likelihood.initialParameters.enumerated() {
      base[weights + index] = Scalar(value)
      base[count + weights + index] = Scalar(2 * model.network.outputs)
    }
    return parameters
  }

  public func evaluate(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss {
    var weighted = minibatch
    // The graph's weight is B / ess.
    weighted.fraction = Double(minibatch.rows) / method.size(Double(minibatch.rows) / minibatch.fraction)
    weighted.complexityFactor = 1
    var loss = programs.evaluate(weighted, parameters: parameters, key: key, gradient: gradient)
    loss.batchFraction = minibatch.fraction
    let count = model.parameterCount
    // The derivative with respect to h is -ess sigma^3 / 2 times that with respect to sigma, which is the mean of g
    // noise.
    Scalar.curvatureEstimates(
      parameters + count, multiplier: Scalar(Double(minibatch.rows) / weighted.fraction),
      addend: Scalar(model.priorPrecision ?? 0), gradient + count, count: count)
    for i in model.network.parameterCount..<count {
      safeguard(&gradient[i], curvature: &gradient[count + i], rows: minibatch.rows)
    }
    return loss
  }

  /// The likelihood's own parameter is the logarithm of the noise: with k outputs its derivative of an example is
  /// k - S / noise^2 for the squared residuals S, its curvature 2 S / noise^2, and the Fisher information 2 k. The rule
  /// moves h too slowly for a curvature that changes with the noise itself: with noise that starts too small the first
  /// steps would go beyond all bounds. So h stays at the Fisher information, and the derivative is shortened to what a
  /// Newton step with the greater of the two would make of it: at most half a learning rate.
  private func safeguard(_ derivative: inout Scalar, curvature: inout Scalar, rows: Int) {
    let information = Scalar(rows * model.network.outputs)
    if derivative < 0 { derivative *= information / (information - derivative) }
    curvature = 2 * information
  }

  package func graph(rows: Int) -> ObjectiveGraph<Scalar> { Self.graph(model, samples: method.samples, rows: rows) }

  public func check(_ data: Examples<Scalar>) throws(TrainingError) {
    try TrainingError.checkSamples(method.samples)
    guard method.hessian > 0 else {
      throw .badSetting(name: "h at the start", found: "\(method.hessian)", expected: "a number above 0")
    }
    guard method.temperature > 0, method.temperature.isFinite else {
      throw .badSetting(name: "the temperature of IVON", found: "\(method.temperature)", expected: "a number above 0")
    }
    guard model.priorPrecision != nil else {
      throw .badSetting(name: "the prior of IVON", found: "\(model.prior)", expected: "a Gaussian around 0")
    }
    try model.check(data)
  }

  public func locate(_ parameterIndex: Int) -> String {
    let count = model.parameterCount
    return model.locate(parameterIndex % count) + (parameterIndex < count ? " (means)" : " (curvatures)")
  }

  private static func graph(_ model: BayesianModel, samples: Int, rows: Int) -> ObjectiveGraph<Scalar> {
    var graph = ObjectiveGraph<Scalar>(model, rows: rows)
    let network = model.network
    let count = model.parameterCount
    let size = Variable<Scalar>.constant(Scalar(rows)) / graph.weight
    func draw(_ parameters: Int, start: Int, label: Int, name: String) -> [Variable<Scalar>] {
      let mean = graph.parameters([parameters], start: start, name: "\(name).mean")
      let curvature = graph.parameters([parameters], start: count + start, name: "\(name).curvature")
      return stride(from: 0, to: samples, by: 32).flatMap { first in
        let sources = (first..<min(first + 32, samples)).map { NoiseSource(.normal, labels: [$0, label]) }
        let draw = PrecisionDraw<Scalar>(count: parameters, sources: sources, precision: model.priorPrecision ?? 0)
        return Array(draw.results([mean, curvature, size])[..<draw.samples])
      }
    }
    let weights = network.affineLayers.map {
      draw($0.parameterCount, start: $0.start, label: $0.index, name: $0.name)
    }
    let logNoise =
      model.likelihood.parameterCount > 0
      ? draw(1, start: network.parameterCount, label: 1 << 33, name: "log noise") : nil
    let values = (0..<samples).map { sample in
      let outputs = network.outputs(
        of: graph.inputs, weights: weights.map { $0[sample] }, dropoutLabels: [sample, 1 << 32])
      return model.likelihood.negativeLogLikelihood(
        outputs: outputs, targets: graph.targets, examples: rows, logNoise: logNoise?[sample].reshaped([]))
    }
    graph.negativeLogLikelihood = Variable.sum(of: values) * Scalar(1 / Double(samples))
    return graph
  }
}

extension BayesianModel {
  /// 1 / s^2 of a prior N(0, s^2); nil for any other.
  var priorPrecision: Double? {
    guard let gaussian = prior as? GaussianPrior, gaussian.mean == 0 else { return nil }
    return 1 / (gaussian.scale * gaussian.scale)
  }
}
