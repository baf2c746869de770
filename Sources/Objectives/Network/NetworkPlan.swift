import BayesianNetworks
import Datasets
import Foundation
import Probability
import StudyModel
import Tensors

/// A configuration in the terms of the training core.
struct NetworkPlan: Sendable {
  let model: BayesianModel
  /// Those of groups of weights; nil where all weights have the same prior.
  let priorScales: PriorScales?
  let method: any InferenceMethod
  /// Networks that are trained: the members of an ensemble, and 1 otherwise.
  let members: Int
  let complexity: BayesByBackprop.Complexity
  let initialization: PosteriorInitialization
  /// What is done to the inputs in training.
  let augmentation: InputAugmentation
  let configuration: SweepConfiguration

  /// - Throws: `ObjectiveError` when the configuration does not fit the data.
  init(_ configuration: SweepConfiguration, data: Dataset) throws(ObjectiveError) {
    let (likelihood, outputs) = try Self.likelihood(configuration.model.likelihood, data)
    let inference = configuration.inference
    let network = try Self.network(configuration.model, data: data, outputs: outputs)
    priorScales = try PriorScales(inference.prior, network)
    let prior = try Self.prior(inference.prior)
    model = BayesianModel(network: network, likelihood: likelihood, prior: priorScales?.prior(network) ?? prior)
    if inference.method == .hypernetwork {
      let generator = inference.hypernetwork
      try Self.checkSize(
        [generator.noiseDimension] + generator.hidden + [model.network.parameterCount], "inference.hypernetwork")
    }
    guard inference.samples <= Self.mostSamples else {
      throw ObjectiveError(
        "inference.samples: \(inference.samples) in one training step, and the limit is \(Self.mostSamples); the samples "
          + "of the scores are evaluationSamples")
    }
    method = Self.method(inference, model: model)
    members = inference.networks
    complexity = Self.complexity(inference.complexity)
    initialization = try Self.initialization(inference)
    augmentation = try Self.augmentation(configuration, data)
    self.configuration = configuration
  }

  private static let mostSamples = 10_000

  /// How the parameters are trained on so many examples.
  func settings(examples: Int) -> TrainingSettings {
    let (training, inference) = (configuration.training, configuration.inference)
    let stepsPerEpoch = Minibatches.stepsPerEpoch(count: examples, batchSize: training.batchSize)
    let steps = stepsPerEpoch * training.epochs
    return TrainingSettings(
      optimizer: method.optimizer(
        from: Self.optimizer(training), learningRate: training.learningRate, model: model, examples: examples),
      batchSize: min(training.batchSize, examples), steps: steps,
      schedule: Self.schedule(training, stepsPerEpoch: stepsPerEpoch, steps: steps),
      clipping: training.clipNorm.map { GradientClipping(maximumNorm: $0) },
      complexityWarmup: inference.method.isVariational && inference.klWarmupEpochs > 0
        ? Warmup(steps: inference.klWarmupEpochs * stepsPerEpoch) : .none,
      // A chain's temperature is a factor of its noise.
      temperature: inference.method.isChain ? 1 : inference.temperature,
      collector: method.collector(model: model, stepsPerEpoch: stepsPerEpoch, steps: steps), augmentation: augmentation)
  }

  /// Whether a posterior can be made of a state: methods that collect iterates need some first, so that early stopping
  /// never goes back to a state without them.
  func hasPosterior(_ state: TrainingState<Float>) -> Bool {
    switch configuration.inference.method {
    case .swa, .hwa, .sgld, .preconditionedSGLD, .cyclicalSGLD: state.collected.count >= 1
    case .swag: state.collected.count >= 2
    default: true
    }
  }

  /// The model as a posterior is scored with it: Graves's prior is the Gaussian that fits the posterior best.
  func scoredModel(of posterior: any Posterior<Float>) -> BayesianModel {
    guard let method = method as? BayesByBackprop, let variational = posterior as? VariationalPosterior<Float> else {
      return model
    }
    return method.fitted(model, to: variational.weights)
  }

  /// The trainer of a member.
  func trainer(member: Int, data: Examples<Float>, key: RandomKey) throws(TrainingError) -> Trainer<Float> {
    let settings = settings(examples: data.count)
    let objective: any MinibatchObjective<Float> = method.objective(
      model, initialization: initialization, maximumRows: settings.batchSize)
    return try Trainer(objective, settings: settings, data: data, key: members > 1 ? key.folded(member) : key)
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
    // Where it is refitted, what it starts from does not matter.
    case .graves: return GaussianPrior()
    }
  }

  private static func complexity(_ complexity: InferenceConfiguration.Complexity) -> BayesByBackprop.Complexity {
    switch complexity {
    case .automatic: .automatic
    case .sampled: .sampled
    }
  }

  private static func initialization(
    _ inference: InferenceConfiguration
  ) throws(ObjectiveError) -> PosteriorInitialization {
    let start = inference.initialization
    guard start.rhoLow <= start.rhoHigh else {
      throw ObjectiveError(
        "inference.initialization: rhoLow (\(start.rhoLow)) is above rhoHigh (\(start.rhoHigh))")
    }
    let means: PosteriorInitialization.Means =
      switch start.scheme ?? inference.method.initialization {
      case .uniform: .uniform(start.mean)
      case .fanIn: .fanIn
      }
    return PosteriorInitialization(means: means, rhoLow: start.rhoLow, rhoHigh: start.rhoHigh)
  }
}
