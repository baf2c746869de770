import BayesianNetworks
import Datasets
import Foundation
import Probability
import StudyModel

/// A configuration in the terms of the training core.
struct NetworkPlan {
  let model: BayesianModel
  let method: BayesByBackprop
  let optimizer: any Optimizer
  let initialization: PosteriorInitialization

  /// - Throws: `ObjectiveError` when the configuration does not fit the data.
  init(_ configuration: SweepConfiguration, data: Dataset) throws(ObjectiveError) {
    let (likelihood, outputs) = try Self.likelihood(configuration.model.likelihood, data)
    model = BayesianModel(
      network: Network(
        inputs: data.inputs.columns, hidden: configuration.model.hidden, outputs: outputs,
        activation: Self.activation(configuration.model.activation)),
      likelihood: likelihood, prior: try Self.prior(configuration.inference.prior))
    let inference = configuration.inference
    method = BayesByBackprop(
      estimator: Self.estimator(inference.estimator), complexity: Self.complexity(inference.complexity),
      samples: inference.samples)
    optimizer = Self.optimizer(configuration.training)
    let start = inference.initialization
    guard start.rhoLow <= start.rhoHigh else {
      throw ObjectiveError(
        "inference.initialization: rhoLow (\(start.rhoLow)) is above rhoHigh (\(start.rhoHigh))")
    }
    let means: PosteriorInitialization.Means =
      switch start.scheme {
      case .uniform: .uniform(start.mean)
      case .fanIn: .fanIn
      }
    initialization = PosteriorInitialization(means: means, rhoLow: start.rhoLow, rhoHigh: start.rhoHigh)
  }

  private static func likelihood(
    _ likelihood: ModelConfiguration.Likelihood, _ data: Dataset
  ) throws(ObjectiveError) -> (Likelihood, outputs: Int) {
    switch (likelihood.kind, data.target) {
    case (.gaussian, .values):
      return (.gaussian(scale: likelihood.scale, learned: likelihood.learned), 1)
    case (.categorical, .classes(_, let names)):
      guard names.count >= 2 else {
        throw ObjectiveError(
          "\(data.name): the target '\(data.targetName)' has one class, \(names[0]); a classification needs two")
      }
      return (.categorical, names.count)
    case (.gaussian, .classes), (.categorical, .values):
      throw ObjectiveError(
        "model.likelihood.kind: \(likelihood.kind.rawValue) does not fit the target as it was read; "
          + "the kind of likelihood is no dimension of the search, it is the same in all trials")
    }
  }

  private static func prior(_ prior: InferenceConfiguration.Prior) throws(ObjectiveError) -> any Prior {
    switch prior.kind {
    case .gaussian: return GaussianPrior(scale: prior.scale)
    case .laplace: return LaplacePrior(scale: prior.scale)
    case .scaleMixture:
      let wide = prior.mixture.wide.map { exp($0) } ?? prior.scale
      let narrow = exp(prior.mixture.narrow)
      guard wide.isFinite, wide > 0, narrow.isFinite, narrow > 0 else {
        throw ObjectiveError(
          "inference.prior.mixture: the scales exp(wide) = \(wide) and exp(narrow) = \(narrow) must be "
            + "positive and finite"
        )
      }
      return ScaleMixturePrior(GaussianScaleMixture(weight: prior.mixture.weight, wide: wide, narrow: narrow))
    default: preconditionFailure("no prior for \(prior.kind.rawValue)")
    }
  }

  private static func optimizer(_ training: TrainingConfiguration) -> any Optimizer {
    switch training.optimizer {
    case .adam:
      Adam(
        learningRate: training.learningRate, beta1: training.beta1, beta2: training.beta2, epsilon: training.epsilon)
    case .sgd: MomentumSGD(learningRate: training.learningRate, momentum: training.momentum)
    default: preconditionFailure("no optimizer for \(training.optimizer.rawValue)")
    }
  }

  private static func activation(_ activation: ModelConfiguration.Activation) -> Activation {
    switch activation {
    case .relu: .relu
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .softplus: .softplus
    default: preconditionFailure("no activation for \(activation.rawValue)")
    }
  }

  private static func estimator(_ estimator: InferenceConfiguration.Estimator) -> BayesByBackprop.Estimator {
    switch estimator {
    case .weightSampling: .weightSampling
    case .localReparameterization: .localReparameterization
    default: preconditionFailure("no estimator for \(estimator.rawValue)")
    }
  }

  private static func complexity(_ complexity: InferenceConfiguration.Complexity) -> BayesByBackprop.Complexity {
    switch complexity {
    case .automatic: .automatic
    case .sampled: .sampled
    }
  }
}
