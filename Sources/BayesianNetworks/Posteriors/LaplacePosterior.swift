import Foundation
public import Probability
public import Tensors

/// N(mode, (curvature + prior precision)^-1) over the uncertain weights; all other point parameters stay at the mode.
///
/// The weights are drawn from it (`sample`), and the network linearised at the mode takes it to the outputs
/// (`outputs(of:)`). The evidence is Laplace's, in the form of Immer et al. 2021:
///
///     log p(data | mode) + log p(mode) + (m / 2) log 2 pi - 1/2 log det H
///
/// with the m uncertain weights and H their precision. It is exact for linear regression with the full curvature.
public struct LaplacePosterior<Scalar: DensityScalar>: DensityPosterior, EvidencePosterior {
  public let model: BayesianModel
  /// The point parameters.
  public let mode: Vector<Scalar>
  public let scope: LaplaceApproximation.Scope
  /// Of the likelihood, with unit noise.
  public let curvature: CurvatureMatrix
  public let fit: GoodnessOfFit
  public let priorPrecision: PriorPrecision
  /// log p(mode) of the uncertain weights.
  public let logPriorDensity: Double
  /// The noise of a Gaussian likelihood; nil for classes.
  public let noise: Double?
  let parameters: ParameterScope
  private let gaussian: any WeightGaussian<Scalar>

  /// Measures the curvature at the mode.
  ///
  /// - Parameters:
  ///   - mode: The point parameters, which should be a maximum of the joint density.
  ///   - largestFull: The most parameters of a full curvature.
  /// - Throws: `LaplaceError`, or `TrainingError` where the data does not fit the model.
  public init(
    model: BayesianModel, mode: Vector<Scalar>, data: Examples<Scalar>, curvature: LaplaceApproximation.Curvature,
    scope: LaplaceApproximation.Scope = .all, largestFull: Int = 5000
  ) throws {
    precondition(
      mode.count == model.parameterCount, "\(mode.count) parameters for a model of \(model.parameterCount)")
    try model.check(data)
    let parameters = ParameterScope(model.network, scope)
    let prior = try PriorPrecision.at(mode, of: model.prior, scope: parameters)
    let density = withExtendedLifetime(mode) {
      model.prior.restricted(to: parameters.range).logDensity(
        mode.unsafePointer + parameters.range.lowerBound, count: parameters.count, gradient: nil, weight: 0)
    }
    try self.init(
      model: model, mode: mode, scope: scope,
      curvature: .measured(
        curvature, model: model, scope: parameters, parameters: mode, data: data, largestFull: largestFull),
      fit: .measured(model, parameters: mode, data: data), priorPrecision: prior, logPriorDensity: density)
  }

  /// A posterior whose curvature is known.
  init(
    model: BayesianModel, mode: Vector<Scalar>, scope: LaplaceApproximation.Scope, curvature: CurvatureMatrix,
    fit: GoodnessOfFit, priorPrecision: PriorPrecision, logPriorDensity: Double
  ) throws(LaplaceError) {
    self.model = model
    self.mode = mode
    self.scope = scope
    self.curvature = curvature
    self.fit = fit
    self.priorPrecision = priorPrecision
    self.logPriorDensity = logPriorDensity
    parameters = ParameterScope(model.network, scope)
    noise = model.likelihood.noise(parameters: mode[model.network.parameterCount..<mode.count].doubles)
    gaussian = try curvature.gaussian(
      scale: noise.map { 1 / ($0 * $0) } ?? 1, prior: priorPrecision, scope: parameters, priorName: "\(model.prior)")
  }

  public var count: Int { mode.count }
  public var distinctSamples: Int? { nil }

  /// How many weights are uncertain: m.
  public var uncertainCount: Int { parameters.count }

  /// log det H
  public var logDeterminant: Double { gaussian.logDeterminant }

  /// The marginal variances of the uncertain weights, in the order of the parameters.
  public var variances: [Double] { gaussian.variances }

  public var logLikelihood: Double { fit.logLikelihood(noisePrecision: noisePrecision) }

  public var logEvidence: Double {
    logLikelihood + logPriorDensity + 0.5 * Double(uncertainCount) * log(2 * Double.pi) - 0.5 * logDeterminant
  }

  /// 1 / noise^2, or 1 for classes.
  var noisePrecision: Double { noise.map { 1 / ($0 * $0) } ?? 1 }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    _ = sampleWithLogDensity(index, key: key, into: weights)
  }

  public func sampleWithLogDensity(
    _ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>
  ) -> Double {
    let part = weights + parameters.range.lowerBound
    var noise = Vector<Scalar>.normal(key.folded(index), count: parameters.count)
    let z = noise.unsafeMutablePointer()
    let squares = Scalar.sumOfSquares(z, count: parameters.count)
    gaussian.color(z)
    withExtendedLifetime((mode, noise)) {
      Scalar.copy(mode.unsafePointer, into: weights, count: count)
      Scalar.axpy(1, z, part, count: parameters.count)
    }
    return 0.5 * (logDeterminant - Double(parameters.count) * log(2 * Double.pi) - squares)
  }

  /// The outputs of the network linearised at the mode: for each row N(f(x), J Sigma J').
  ///
  /// - Parameter inputs: rows x inputs.
  public func outputs(of inputs: Matrix<Scalar>) -> OutputDistribution {
    let k = model.network.outputs
    let jacobians = JacobianProgram(
      model.network, layers: parameters.layers, parameters: mode, seeds: .outputs, columnLimit: k,
      numbersPerExample: numbersPerExample, rowLimit: max(1, inputs.rows))
    var means = Matrix<Double>(rows: inputs.rows, columns: k)
    var covariances = Matrix<Double>(rows: inputs.rows, columns: k * k)
    let (mean, covariance) = (means.unsafeMutablePointer(), covariances.unsafeMutablePointer())
    jacobians.forEachBlock(of: inputs) { run in
      Scalar.widen(run.outputs, into: mean + run.rows.lowerBound * k, count: run.rows.count * k)
      gaussian.addOutputCovariances(run, to: covariance + run.rows.lowerBound * k * k)
    }
    return OutputDistribution(means: means, covariances: covariances)
  }

  /// Numbers of memory that the outputs' covariances take for each example.
  private var numbersPerExample: Int {
    let k = model.network.outputs
    if case .full = curvature { return 2 * k * parameters.count }
    return (parameters.layers.map { $0.rowsPerExample * ($0.inputs + 1 + k * $0.outputs) }.max() ?? 0) + 2 * k * k
  }
}
