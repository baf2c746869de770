public import Probability
public import Tensors

/// Laplace's approximation: maximum a posteriori, and around it the Gaussian whose precision is the curvature of the
/// negative log joint density (MacKay 1992), predicting by the network linearised there (Immer, Korzepa and Bauer
/// 2021).
///
/// The curvature of the likelihood is the generalised Gauss-Newton matrix, which for these likelihoods is the Fisher
/// information: an exact sum over the data. A learned noise scale is a point estimate and has no part in it.
public struct LaplaceApproximation: InferenceMethod, Hashable {
  public enum Curvature: String, Hashable, Sendable, CaseIterable {
    /// A Kronecker product for each layer.
    case kronecker
    /// The whole Gauss-Newton matrix, for up to `largestFull` parameters.
    case full
    case diagonal
    /// The exact Hessian, for small models: it can be indefinite away from a minimum.
    case hessian
  }

  public enum Scope: String, Hashable, Sendable, CaseIterable {
    case all
    /// The weights of the last layer are uncertain; the others stay at the mode, as features.
    case lastLayer = "last-layer"
  }

  public enum Predictive: String, Hashable, Sendable, CaseIterable {
    /// By a Gaussian over the outputs of the linearised network.
    case linearized
    /// By the networks of sampled weights, which underfit far from the mode.
    case sampled
  }

  public var curvature: Curvature
  public var scope: Scope
  public var predictive: Predictive
  /// Whether the precision of the Gaussian prior is set, after the training, to what maximises the evidence.
  public var tunesPrior: Bool
  /// Whether each layer gets a precision of its own.
  public var tunesByLayer: Bool
  /// Whether a learned noise scale is set, after the training, to what maximises the evidence.
  public var tunesNoise: Bool
  /// The most parameters of a full curvature or a Hessian: 5000 take 200 MB, and as much again for the factorisation.
  public var largestFull: Int

  public init(
    curvature: Curvature = .kronecker, scope: Scope = .all, predictive: Predictive = .linearized,
    tunesPrior: Bool = false, tunesByLayer: Bool = false, tunesNoise: Bool = false, largestFull: Int = 5000
  ) {
    self.curvature = curvature
    self.scope = scope
    self.predictive = predictive
    self.tunesPrior = tunesPrior
    self.tunesByLayer = tunesByLayer
    self.tunesNoise = tunesNoise
    self.largestFull = largestFull
  }

  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    PointEstimateObjective<Scalar>(model, initialization: initialization, maximumRows: maximumRows)
  }

  /// A `LinearizedPosterior` or a `LaplacePosterior`, as `predictive` says; both know the evidence.
  ///
  /// - Throws: `LaplaceError`, or `TrainingError` where the data does not fit the model.
  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> {
    let posterior = try posterior(at: state.parameters, model: model, data: data)
    switch predictive {
    case .linearized: return LinearizedPosterior(posterior)
    case .sampled: return posterior
    }
  }

  /// The Gaussian around some point parameters, which should be a mode, with hyperparameters tuned where asked for.
  ///
  /// - Throws: `LaplaceError`, or `TrainingError` where the data does not fit the model.
  public func posterior<Scalar: DensityScalar>(
    at mode: Vector<Scalar>, model: BayesianModel, data: Examples<Scalar>
  ) throws -> LaplacePosterior<Scalar> {
    // Before the curvature is computed, and not after.
    if tunesPrior { try LaplacePosterior<Scalar>.checkTunable(model) }
    let posterior = try LaplacePosterior(
      model: model, mode: mode, data: data, curvature: curvature, scope: scope, largestFull: largestFull)
    guard tunesPrior || tunesNoise else { return posterior }
    return try posterior.tuned(prior: tunesPrior ? (tunesByLayer ? .byLayer : .global) : .fixed, noise: tunesNoise)
  }
}
