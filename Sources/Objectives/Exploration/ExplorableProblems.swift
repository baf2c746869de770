import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// Variational inference, with hyperparameters of which some are explored and the others have the configuration's values.
struct VariationalChoice {
  let problem: VariationalProblem<Float>
  /// Of all hyperparameters of the problem.
  let values: [Double]
  private let all: [Hyperparameter]

  init(_ explored: [Hyperparameter], _ plan: NetworkPlan, _ fold: PreparedFold) {
    let configuration = plan.configuration
    let isMixture = configuration.inference.prior.kind == .scaleMixture
    let isWide = configuration.inference.prior.mixture.wide != nil
    let isEvidence = configuration.objective.metric == "elbo"
    let others = [Hyperparameter.likelihoodScale, .temperature, .inputNoise, .shift].filter { hyperparameter in
      explored.contains(hyperparameter)
        || hyperparameter == .temperature && !isEvidence && configuration.inference.temperature != 1
    }
    all = (isMixture ? [.mixtureWeight, isWide ? .mixtureWide : .priorScale, .mixtureNarrow] : [.priorScale]) + others
    values = all.map { $0.unbounded($0.value(in: configuration)) }
    problem = VariationalProblem(
      plan.model.network, plan.model.likelihood, prior: isMixture ? .scaleMixture : .gaussian(.global),
      tunesNoise: others.contains(.likelihoodScale), tunesTemperature: others.contains(.temperature),
      tunesInputNoise: others.contains(.inputNoise), tunesShift: others.contains(.shift),
      samples: configuration.inference.samples,
      objective: isEvidence ? .evidence : .validation(fold.validation),
      initialization: plan.initialization, training: fold.train, augmentation: plan.augmentation)
  }

  /// Where an explored hyperparameter lies among the problem's.
  func index(of hyperparameter: Hyperparameter) -> Int { all.firstIndex(of: hyperparameter) ?? 0 }
}

/// A point estimate of the weights, all of whose hyperparameters are explored.
struct PointChoice {
  let problem: PointEstimateProblem<Float>

  init(_ explored: [Hyperparameter], _ plan: NetworkPlan, _ fold: PreparedFold) {
    let prior: PointEstimateProblem<Float>.PriorFamily =
      if plan.configuration.inference.method == .maximumLikelihood {
        .absent
      } else if explored.contains(.priorScale) {
        .gaussian(.global)
      } else {
        .fixed(plan.model.prior)
      }
    problem = PointEstimateProblem(
      plan.model.network, plan.model.likelihood, prior: prior, tuning: Set(explored.compactMap(\.tunable)),
      training: fold.train, validation: fold.validation, initialization: plan.initialization,
      augmentation: plan.augmentation)
  }

  func index(of hyperparameter: Hyperparameter) -> Int {
    hyperparameter.tunable.flatMap { problem.index(of: $0) } ?? 0
  }
}

extension Hyperparameter {
  /// Of a point estimate, beside the prior.
  fileprivate var tunable: PointEstimateProblem<Float>.Tunable? {
    switch self {
    case .likelihoodScale: .noise
    case .dropout: .dropout
    case .inputDropout: .inputDropout
    case .inputNoise: .inputNoise
    case .shift: .shift
    case .priorScale, .mixtureWeight, .mixtureWide, .mixtureNarrow, .temperature: nil
    }
  }

  /// The configuration's value, in its own units.
  func value(in configuration: SweepConfiguration) -> Double {
    let prior = configuration.inference.prior
    return switch self {
    case .priorScale: prior.scale
    case .mixtureWeight: prior.mixture.weight
    case .mixtureWide: prior.mixture.wide ?? log(prior.scale)
    case .mixtureNarrow: prior.mixture.narrow
    case .likelihoodScale: configuration.model.likelihood.scale
    case .temperature: configuration.inference.temperature
    case .dropout: configuration.model.dropout
    case .inputDropout: configuration.model.inputDropout
    case .inputNoise: configuration.training.inputNoise ?? 0
    case .shift: configuration.training.shift ?? 0
    }
  }
}
