import Foundation
import Probability
import Tensors

extension LaplacePosterior {
  /// Which precisions of the prior are chosen by the evidence.
  public enum PriorTuning: Hashable, Sendable {
    case fixed
    /// One for all weights.
    case global
    /// One for each layer.
    case byLayer
  }

  /// The posterior around the same mode with the precision of the Gaussian prior, and that of learned noise, that
  /// maximise `logEvidence` (MacKay 1992; Immer et al. 2021). The curvature is not measured again.
  ///
  /// The mode belongs to the prior of the training: `model.prior` stays what it was, and `priorPrecision` is what was
  /// chosen. Weights that are all 0 get a precision so large that the data has no say, 1e12 at most.
  ///
  /// - Throws: `LaplaceError.cannotTune` for a prior that is not a Gaussian around 0, noise that is not learned, or a
  ///   Hessian that is indefinite.
  public func tuned(prior: PriorTuning = .global, noise tunesNoise: Bool = false) throws(LaplaceError) -> Self {
    try Self.checkTunable(model)
    if tunesNoise, model.likelihood.parameterCount == 0 {
      throw .cannotTune(reason: "the noise is not learned; use a Gaussian likelihood with a learned scale")
    }
    guard prior != .fixed || tunesNoise else { return self }
    guard case .layers(let start) = priorPrecision else {
      throw .cannotTune(reason: "the prior's scale differs from weight to weight, and one for each layer can be tuned")
    }
    if case .full(let curvature) = curvature, prior != .global, start.count > 1 {
      return try tunedByFixedPoint(curvature, start, prior: prior, noise: tunesNoise)
    }
    let (values, squares) = (try checkedEigenvalues(), squaresByLayer)
    let isOneGroup = prior == .global || values.count == 1
    let groups: [EvidenceMaximization.Group] =
      isOneGroup
      ? [.init(eigenvalues: values.flatMap { $0 }, squares: squares.reduce(0, +))]
      : zip(values, squares).map { .init(eigenvalues: $0, squares: $1) }
    let problem = EvidenceMaximization(
      groups: groups, fit: fit, tunesPrior: prior != .fixed, tunesNoise: tunesNoise)
    let point = problem.maximum(
      from: .init(priorPrecisions: isOneGroup ? [start[0]] : start, noisePrecision: noisePrecision))
    let precisions = isOneGroup ? start.map { _ in point.priorPrecisions[0] } : point.priorPrecisions
    return try with(
      priorPrecisions: prior == .fixed ? start : precisions, noisePrecision: tunesNoise ? point.noisePrecision : nil)
  }

  /// The posterior with other precisions of a Gaussian prior, one for each uncertain layer. The mode stays.
  ///
  /// - Parameter noisePrecision: nil leaves the noise as it is; only learned noise can change.
  /// - Throws: `LaplaceError.cannotTune` for a prior that is not a Gaussian around 0.
  public func with(priorPrecisions: [Double], noisePrecision: Double? = nil) throws(LaplaceError) -> Self {
    try Self.checkTunable(model)
    precondition(
      priorPrecisions.count == parameters.layers.count && priorPrecisions.allSatisfy { $0 > 0 && $0.isFinite },
      "\(priorPrecisions) are not positive precisions for \(parameters.layers.count) layers")
    var mode = mode
    if let noisePrecision {
      precondition(model.likelihood.parameterCount > 0 && noisePrecision > 0, "only learned noise can change")
      mode[model.network.parameterCount] = Scalar(-0.5 * log(noisePrecision))
    }
    var density = 0.0
    for (layer, (delta, squares)) in zip(parameters.layers, zip(priorPrecisions, squaresByLayer)) {
      density += 0.5 * (Double(layer.parameterCount) * log(delta / (2 * .pi)) - delta * squares)
    }
    return try LaplacePosterior(
      model: model, mode: mode, scope: scope, curvature: curvature, fit: fit,
      priorPrecision: .layers(priorPrecisions), logPriorDensity: density)
  }

  /// The model with this posterior's prior precision and noise, for another training: training and tuning by turns end
  /// where both are optimal (MacKay 1992). nil where the precisions of the layers differ.
  public var tunedModel: BayesianModel? {
    guard model.prior is GaussianPrior, case .layers(let values) = priorPrecision,
      values.allSatisfy({ $0 == values[0] })
    else { return nil }
    var result = model
    result.prior = GaussianPrior(scale: 1 / values[0].squareRoot())
    if case .gaussian(_, let isLearned) = model.likelihood, let noise {
      result.likelihood = .gaussian(scale: noise, learned: isLearned)
    }
    return result
  }

  static func checkTunable(_ model: BayesianModel) throws(LaplaceError) {
    let isAroundZero = (model.prior as? GaussianPrior).map { $0.mean == 0 } ?? (model.prior is GroupedGaussianPrior)
    guard isAroundZero else {
      throw .cannotTune(
        reason: "the prior is \(model.prior), and only a Gaussian prior around 0 has a precision to tune")
    }
  }

  /// |w|^2 of each uncertain layer.
  private var squaresByLayer: [Double] {
    withExtendedLifetime(mode) {
      parameters.layers.map { Scalar.sumOfSquares(mode.unsafePointer + $0.start, count: $0.parameterCount) }
    }
  }

  private func checkedEigenvalues() throws(LaplaceError) -> [[Double]] {
    let values = try curvature.eigenvalues(parameters)
    let (smallest, largest) = values.joined().reduce((0.0, 0.0)) { (min($0.0, $1), max($0.1, $1)) }
    guard smallest >= -1e-8 * largest else {
      throw .cannotTune(reason: "the Hessian has the eigenvalue \(smallest); use the full Gauss-Newton matrix")
    }
    return values.map { $0.map { max($0, 0) } }
  }

  /// A full curvature and a precision for each layer have no common eigenbasis. The gradient of the evidence is 0 where
  /// delta_l |w_l|^2 = gamma_l = n_l - delta_l tr Sigma_ll and beta S = count - sum of gamma (MacKay 1992): solved by
  /// turns. The evidence is concave in the logarithms here too, so there is one solution.
  private func tunedByFixedPoint(
    _ full: FullCurvature, _ start: [Double], prior: PriorTuning, noise tunesNoise: Bool
  ) throws(LaplaceError) -> Self {
    let squares = squaresByLayer
    let bounds = EvidenceMaximization.bounds
    var (deltas, beta) = (start, noisePrecision)
    for _ in 0..<500 {
      let inverse = try full.factor(
        scale: beta, prior: PriorPrecision.layers(deltas).diagonal(parameters), scope: parameters
      ).inverse
      var (change, known) = (0.0, 0.0)
      for (place, layer) in parameters.layers.enumerated() {
        let trace = parameters.range(of: layer).reduce(0) { $0 + inverse[$1, $1] }
        let gamma = max(0, Double(layer.parameterCount) - deltas[place] * trace)
        known += gamma
        guard prior != .fixed else { continue }
        let next = min(max(gamma / squares[place], bounds.lowerBound), bounds.upperBound)
        change = max(change, abs(log(next / deltas[place])))
        deltas[place] = next
      }
      if tunesNoise, case .gaussian(let misfit, let count) = fit {
        let next = min(max(max(0, Double(count) - known) / misfit, bounds.lowerBound), bounds.upperBound)
        change = max(change, abs(log(next / beta)))
        beta = next
      }
      if change < 1e-10 { break }
    }
    return try with(priorPrecisions: deltas, noisePrecision: tunesNoise ? beta : nil)
  }
}
