public import Probability
public import Tensors

/// The improved variational online Newton method, IVON (Shen et al. 2024, "Variational learning is effective for large
/// deep networks", algorithm 1): natural-gradient variational inference with a diagonal Gaussian.
///
/// - Hyperparameters: S samples of a step; h at the start; the decays of momentum and of h; the effective sample size.
/// - State: the means m, the curvatures h, a momentum. The posterior is N(m, 1 / (ess (h + delta))).
/// - Start: m from the initialisation, h constant.
/// - Step: the likelihood's gradient at samples of the posterior gives g and f (`IVONObjective`); the rule (`IVON`)
///   moves h towards f and m by a Newton step with h + delta.
///
/// The prior N(0, s^2) is in the rule, as the weight decay delta = 1 / (ess s^2); no other prior goes. A learned noise
/// has a Gaussian in training like the weights; the posterior keeps its mean.
public struct VariationalOnlineNewton: InferenceMethod, Hashable {
  public var samples: Int
  /// h at the start.
  public var hessian: Double
  public var beta1: Double
  public var beta2: Double
  /// nil is N, the number of examples.
  public var effectiveSampleSize: Double?
  /// T, by which the sample size is divided: ess is N / T. Below 1 the posterior is cold.
  public var temperature: Double

  public init(
    samples: Int = 1, hessian: Double = 0.1, beta1: Double = 0.9, beta2: Double = 0.99999,
    effectiveSampleSize: Double? = nil, temperature: Double = 1
  ) {
    self.samples = samples
    self.hessian = hessian
    self.beta1 = beta1
    self.beta2 = beta2
    self.effectiveSampleSize = effectiveSampleSize
    self.temperature = temperature
  }

  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    IVONObjective(model, method: self, initialization: initialization, maximumRows: maximumRows)
  }

  public func optimizer(
    from optimizer: any Optimizer, learningRate: Double, model: BayesianModel, examples: Int
  ) -> any Optimizer {
    IVON(
      learningRate: learningRate, beta1: beta1, beta2: beta2,
      weightDecay: (model.priorPrecision ?? 0) / size(Double(examples)))
  }

  /// ess
  func size(_ examples: Double) -> Double { (effectiveSampleSize ?? examples) / temperature }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> { gaussian(state, model, size: size(Double(data.count))) }

  /// The posterior of so many examples.
  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, examples: Int
  ) -> VariationalPosterior<Scalar> { gaussian(state, model, size: size(Double(examples))) }

  private func gaussian<Scalar: DensityScalar>(
    _ state: TrainingState<Scalar>, _ model: BayesianModel, size: Double
  ) -> VariationalPosterior<Scalar> {
    let (count, weights) = (model.parameterCount, model.network.parameterCount)
    var rho = state.parameters[count..<(count + weights)]
    let base = rho.unsafeMutablePointer()
    Scalar.inverseRoots(
      base, multiplier: Scalar(size), addend: Scalar(model.priorPrecision ?? 0), into: base, count: weights)
    Scalar.inverseSoftplus(base, into: base, count: weights)
    return VariationalPosterior(
      DiagonalGaussian(mean: state.parameters[0..<weights], rho: rho), tail: state.parameters[weights..<count])
  }
}
