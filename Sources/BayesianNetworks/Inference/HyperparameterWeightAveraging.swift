public import Probability
public import Tensors

/// Hyperparameter weight averaging, HWA ("HWA: averaging hyperparameters in Bayesian neural networks leads to better
/// generalization", algorithm 1, in the corrected form; see the collector `HWA`).
///
/// - Hyperparameters: the variational method; which iterates are averaged, and in which form.
/// - State: means and rhos; the means of means and variances so far.
/// - Start: from the initialisation.
/// - Step: down the variational method's loss, best with a high constant or cyclical learning rate. The posterior is
///   the diagonal Gaussian with the averaged means and variances.
public struct HyperparameterWeightAveraging: InferenceMethod, Hashable {
  public var variational: BayesByBackprop
  public var averaging: IterateAveraging
  public var form: HWA.Form

  public init(
    _ variational: BayesByBackprop = BayesByBackprop(), averaging: IterateAveraging = IterateAveraging(),
    form: HWA.Form = .corrected
  ) {
    self.variational = variational
    self.averaging = averaging
    self.form = form
  }

  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    variational.objective(model, initialization: initialization, maximumRows: maximumRows)
  }

  public func collector(model: BayesianModel, stepsPerEpoch: Int, steps: Int) -> (any IterateCollector)? {
    averager(model, averaging.times(stepsPerEpoch: stepsPerEpoch, steps: steps))
  }

  private func averager(_ model: BayesianModel, _ times: CollectionTimes) -> HWA {
    HWA(times, weights: model.network.parameterCount, form: form)
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> {
    let averager = averager(model, averaging.times(stepsPerEpoch: 1, steps: 1))
    guard let posterior = averager.posterior(state.collected) else { throw TrainingError.nothingCollected }
    return posterior
  }

  public func iterate<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel
  ) -> any Posterior<Scalar> { variational.iterate(of: state, model: model) }
}
