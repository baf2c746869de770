import BayesianNetworks
import StudyModel
import Tensors

extension NetworkPlan {
  /// The posterior that a trained state stands for.
  func posterior(
    of state: TrainingState<Float>, data: Examples<Float>, key: RandomKey
  ) throws -> any Posterior<Float> {
    var state = state
    // Laplace's approximation is exact for a linear model, once it is made at the maximum itself. With augmented inputs
    // the training's end is what was asked for, and the clean data's maximum is another point.
    if method is LaplaceApproximation, configuration.training.earlyStopping == nil, augmentation.isEmpty,
      let maximum = model.linearMaximum(near: state.parameters, data: data)
    {
      state.parameters = maximum
    }
    return try method.posterior(of: state, model: model, data: data, key: key)
  }

  /// The method that the `inference` section describes. An ensemble is made of maxima a posteriori.
  static func method(_ inference: InferenceConfiguration, model: BayesianModel) -> any InferenceMethod {
    let (langevin, temperature) = (inference.langevin, inference.temperature)
    let averaging = IterateAveraging(start: inference.averaging.start, everyEpochs: inference.averaging.everyEpochs)
    switch inference.method {
    case .maximumLikelihood: return MaximumLikelihood()
    case .maximumAPosteriori, .deepEnsemble: return MaximumAPosteriori()
    case .monteCarloDropout: return MonteCarloDropout()
    case .bayesByBackprop: return variational(inference)
    case .radial: return Radial(samples: inference.samples)
    case .sgld: return LangevinDynamics(burnIn: langevin.burnIn, samples: langevin.samples, temperature: temperature)
    case .preconditionedSGLD:
      return PreconditionedLangevinDynamics(
        burnIn: langevin.burnIn, samples: langevin.samples, temperature: temperature,
        decay: langevin.preconditionerDecay, epsilon: langevin.preconditionerEpsilon)
    case .cyclicalSGLD:
      return CyclicalLangevinDynamics(
        cycles: LangevinCycles(cycles: langevin.cycles, exploration: langevin.exploration), samples: langevin.samples,
        temperature: temperature)
    case .swa: return StochasticWeightAveraging(averaging)
    case .swag: return SWAGaussian(averaging, rank: inference.averaging.rank)
    case .hwa:
      return HyperparameterWeightAveraging(
        variational(inference), averaging: averaging,
        form: inference.averaging.form == .corrected ? .corrected : .printed)
    case .ivon:
      return VariationalOnlineNewton(
        samples: inference.samples, hessian: inference.ivon.hessian, beta2: inference.ivon.beta2,
        effectiveSampleSize: inference.ivon.effectiveSampleSize, temperature: temperature)
    case .hypernetwork: return hypernetwork(inference)
    case .laplace: return laplace(inference.laplace, model: model)
    }
  }

  private static func variational(_ inference: InferenceConfiguration) -> BayesByBackprop {
    let estimator: BayesByBackprop.Estimator =
      switch inference.estimator {
      case .weightSampling: .weightSampling
      case .localReparameterization: .localReparameterization
      case .flipout: .flipout
      }
    return BayesByBackprop(
      estimator: estimator, complexity: inference.complexity == .automatic ? .automatic : .sampled,
      samples: inference.samples, refitsPrior: inference.prior.kind == .graves)
  }

  private static func hypernetwork(_ inference: InferenceConfiguration) -> any InferenceMethod {
    let settings = inference.hypernetwork
    return Hypernetwork(
      hidden: settings.hidden, inputs: settings.noiseDimension, inputScale: settings.inputScale,
      inputNoise: settings.inputNoise, dropout: settings.dropout,
      objective: settings.objective == .jensen ? .jensen : .logMeanExp, samples: inference.samples,
      sharesSamples: settings.sharesSamples)
  }

  private static func laplace(
    _ laplace: InferenceConfiguration.Laplace, model: BayesianModel
  ) -> LaplaceApproximation {
    let curvature: LaplaceApproximation.Curvature =
      switch laplace.curvature {
      case .kronecker: .kronecker
      case .full: .full
      case .diagonal: .diagonal
      }
    return LaplaceApproximation(
      curvature: curvature, scope: laplace.scope == .all ? .all : .lastLayer,
      predictive: laplace.predictive == .linearized ? .linearized : .sampled, tunesPrior: laplace.tunePrior,
      tunesNoise: laplace.tunePrior && model.likelihood.parameterCount > 0)
  }
}
