import Autodiff
public import Probability
public import Tensors

/// The loss of one value of the weights: -log p(minibatch | w) + (B / N) complexity with the complexity -log p(w), or 0
/// for maximum likelihood.
///
/// Maximum likelihood, maximum a posteriori, dropout, ensembles, Langevin dynamics, stochastic weight averaging and Laplace's
/// approximation all descend it. The parameters are the point parameters: the weights, and then the likelihood's own. Where
/// the network has dropout layers, units are dropped in training.
public final class PointEstimateObjective<Scalar: DensityScalar>: GraphObjective {
  public let model: BayesianModel
  public let initialization: PosteriorInitialization
  public let maximumRows: Int
  private let hasPrior: Bool
  private let programs: ObjectivePrograms<Scalar>

  /// - Parameter hasPrior: Whether -log p(w) is a part of the loss; without, it is maximum likelihood.
  public init(
    _ model: BayesianModel, hasPrior: Bool = true, initialization: PosteriorInitialization = .init(means: .fanIn),
    maximumRows: Int
  ) {
    self.model = model
    self.hasPrior = hasPrior
    self.initialization = initialization
    self.maximumRows = maximumRows
    programs = ObjectivePrograms { rows in Self.graph(model, rows: rows, hasPrior: hasPrior) }
  }

  public var parameterCount: Int { model.parameterCount }

  public func initialParameters(key: RandomKey) -> Vector<Scalar> {
    let posterior: DiagonalGaussian<Scalar> = initialization.posterior(of: model.network, key: key)
    var parameters = Vector<Scalar>(count: parameterCount)
    let base = parameters.unsafeMutablePointer()
    let count = model.network.parameterCount
    withExtendedLifetime(posterior) { Scalar.copy(posterior.mean.unsafePointer, into: base, count: count) }
    for (index, value) in model.likelihood.initialParameters.enumerated() { base[count + index] = Scalar(value) }
    return parameters
  }

  public func evaluate(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss {
    programs.evaluate(minibatch, parameters: parameters, key: key, gradient: gradient)
  }

  package func graph(rows: Int) -> ObjectiveGraph<Scalar> { Self.graph(model, rows: rows, hasPrior: hasPrior) }

  public func check(_ data: Examples<Scalar>) throws(TrainingError) { try model.check(data) }

  public func locate(_ parameterIndex: Int) -> String { model.locate(parameterIndex) }

  private static func graph(_ model: BayesianModel, rows: Int, hasPrior: Bool) -> ObjectiveGraph<Scalar> {
    var graph = ObjectiveGraph<Scalar>(model, rows: rows)
    let network = model.network
    let weights = network.affineLayers.map { layer in
      graph.parameters([layer.parameterCount], start: layer.start, name: layer.name)
    }
    let logNoise = graph.logNoise(model, start: network.parameterCount)
    let outputs = network.outputs(of: graph.inputs, weights: weights, dropoutLabels: [0])
    graph.negativeLogLikelihood = model.likelihood.negativeLogLikelihood(
      outputs: outputs, targets: graph.targets, examples: rows, logNoise: logNoise)
    if hasPrior {
      let densities = zip(network.affineLayers, weights).map { layer, w in
        PriorDensity(prior: model.prior.restricted(to: layer.range), count: layer.parameterCount)(w)
      }
      graph.complexity = -Variable.sum(of: densities)
    }
    return graph
  }
}

extension BayesianModel {
  /// Where a point parameter belongs, for messages.
  func locate(_ parameterIndex: Int) -> String {
    guard let layer = network.affineLayer(of: parameterIndex) else { return "the noise scale" }
    return parameterIndex < layer.biases ? "\(layer.name).weights" : "\(layer.name).biases"
  }
}
