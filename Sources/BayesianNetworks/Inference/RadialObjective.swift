import Autodiff
import Foundation
public import Probability
public import Tensors

/// The loss of a radial posterior (Farquhar, Osborne and Gal 2020): -E_q[log p(minibatch | w)] + (B / N) KL[q || p].
///
/// The divergence is the mean of log q, which is known in closed form, less the mean of log p(w), which is estimated
/// from the samples. With the regions of d weights each,
///
///     E[log q(w)] = sum over regions of [log 2 - (1 + log 2 pi) / 2 - log S(d) + (d - 1) (gamma + log 2) / 2]
///                   - sum log scale
///
/// as E log |r| = -(gamma + log 2) / 2 for r ~ N(0, 1), with Euler's gamma; see `RadialPosterior` for the density. The
/// parameters are the means of all weights, their rhos, and the likelihood's own parameters.
public final class RadialObjective<Scalar: DensityScalar>: GraphObjective {
  public let model: BayesianModel
  /// Posterior samples of a step.
  public let samples: Int
  public let initialization: PosteriorInitialization
  public let maximumRows: Int
  private let programs: ObjectivePrograms<Scalar>

  public init(
    _ model: BayesianModel, samples: Int = 1, initialization: PosteriorInitialization = .init(), maximumRows: Int
  ) {
    self.model = model
    self.samples = samples
    self.initialization = initialization
    self.maximumRows = maximumRows
    programs = ObjectivePrograms { rows in Self.graph(model, samples: samples, rows: rows) }
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

  package func graph(rows: Int) -> ObjectiveGraph<Scalar> { Self.graph(model, samples: samples, rows: rows) }

  public func check(_ data: Examples<Scalar>) throws(TrainingError) {
    try TrainingError.checkSamples(samples)
    try model.check(data)
  }

  public func locate(_ parameterIndex: Int) -> String { model.locateVariational(parameterIndex) }

  private static func graph(_ model: BayesianModel, samples: Int, rows: Int) -> ObjectiveGraph<Scalar> {
    var graph = ObjectiveGraph<Scalar>(model, rows: rows)
    let network = model.network
    let count = network.parameterCount
    // The samples of each layer.
    var weights: [[Variable<Scalar>]] = []
    for layer in network.affineLayers {
      let mean = graph.parameters([layer.parameterCount], start: layer.start, name: "\(layer.name).mean")
      let rho = graph.parameters([layer.parameterCount], start: count + layer.start, name: "\(layer.name).rho")
      var drawn: [Variable<Scalar>] = []
      // An operation has room for so many results.
      for first in stride(from: 0, to: samples, by: 32) {
        let sources = (first..<min(first + 32, samples)).map { NoiseSource(.normal, labels: [$0, layer.index]) }
        let draw = RadialDraw<Scalar>(count: layer.parameterCount, sources: sources)
        let results = draw.results([mean, rho])
        drawn += results[..<draw.samples]
        if first == 0 {
          graph.complexity =
            graph.complexity + (Scalar(expectedLogDensity(layer.parameterCount)) - results[draw.logScalesResult])
        }
      }
      let prior = model.prior.restricted(to: layer.range)
      let densities = drawn.map { PriorDensity(prior: prior, count: layer.parameterCount)($0) }
      graph.complexity = graph.complexity - Variable.sum(of: densities) * Scalar(1 / Double(samples))
      weights.append(drawn)
    }
    let logNoise = graph.logNoise(model, start: 2 * count)
    let values = (0..<samples).map { sample in
      let outputs = network.outputs(
        of: graph.inputs, weights: weights.map { $0[sample] }, dropoutLabels: [sample, 1 << 32])
      return model.likelihood.negativeLogLikelihood(
        outputs: outputs, targets: graph.targets, examples: rows, logNoise: logNoise)
    }
    graph.negativeLogLikelihood = Variable.sum(of: values) * Scalar(1 / Double(samples))
    return graph
  }

  /// E[log q(w)] of a region, less the part of the scales.
  private static func expectedLogDensity(_ dimensions: Int) -> Double {
    // log N(r; 0, 1) at r = 1 is its mean over r, and log r is 0 there.
    let eulerGamma = 0.577_215_664_901_532_9
    return RadialPosterior<Scalar>.logRadialDensity(1, dimensions: dimensions)
      + 0.5 * Double(dimensions - 1) * (eulerGamma + log(2))
  }
}
