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
    let groups = plan.priorScales?.hyperparameters ?? [.priorScale]
    all = (isMixture ? [.mixtureWeight, isWide ? .mixtureWide : .priorScale, .mixtureNarrow] : groups) + others
    values = all.map { $0.unbounded($0.value(in: configuration)) }
    problem = VariationalProblem(
      plan.model.network, plan.model.likelihood,
      prior: isMixture ? .scaleMixture : .gaussian(plan.priorScales?.grouping ?? .global),
      tunesNoise: others.contains(.likelihoodScale), tunesTemperature: others.contains(.temperature),
      tunesInputNoise: others.contains(.inputNoise), tunesShift: others.contains(.shift),
      samples: configuration.inference.samples,
      objective: isEvidence ? .evidence : .validation(fold.validation),
      initialization: plan.initialization, training: fold.train, augmentation: plan.augmentation)
  }

  /// Where an explored hyperparameter lies among the problem's.
  func index(of hyperparameter: Hyperparameter) -> Int { all.firstIndex(of: hyperparameter) ?? 0 }
}

/// A point estimate of the weights, with hyperparameters of which the scales of some groups of weights may not be explored.
struct PointChoice {
  let problem: PointEstimateProblem<Float>
  /// Of all hyperparameters of the problem.
  let values: [Double]
  private let groups: [Hyperparameter]

  init(_ explored: [Hyperparameter], _ plan: NetworkPlan, _ fold: PreparedFold) {
    let prior: PointEstimateProblem<Float>.PriorFamily =
      if plan.configuration.inference.method == .maximumLikelihood {
        .absent
      } else if explored.contains(where: \.isPriorScale) {
        .gaussian(plan.priorScales?.grouping ?? .global)
      } else {
        .fixed(plan.model.prior)
      }
    let problem = PointEstimateProblem<Float>(
      plan.model.network, plan.model.likelihood, prior: prior,
      tuning: Set(explored.compactMap { $0.tunable(of: PointEstimateProblem<Float>.self) }),
      training: fold.train, validation: fold.validation, initialization: plan.initialization,
      augmentation: plan.augmentation)
    groups = plan.priorScales?.hyperparameters ?? [.priorScale]
    let scales = groups.prefix(problem.scaleCount)
    let others = explored.filter { !$0.isPriorScale }.sorted { problem.place(of: $0) < problem.place(of: $1) }
    self.problem = problem
    values = (scales + others).map { $0.unbounded($0.value(in: plan.configuration)) }
  }

  func index(of hyperparameter: Hyperparameter) -> Int {
    groups.firstIndex(of: hyperparameter) ?? problem.place(of: hyperparameter)
  }
}

extension PointEstimateProblem {
  /// Where a hyperparameter that is no prior scale lies.
  fileprivate func place(of hyperparameter: Hyperparameter) -> Int {
    hyperparameter.tunable(of: Self.self).flatMap { index(of: $0) } ?? 0
  }
}

extension Hyperparameter {
  fileprivate var isPriorScale: Bool {
    switch self {
    case .priorScale, .groupScale: true
    default: false
    }
  }

  /// Of a point estimate, beside the prior.
  fileprivate func tunable<Scalar>(
    of: PointEstimateProblem<Scalar>.Type
  ) -> PointEstimateProblem<Scalar>.Tunable? {
    switch self {
    case .likelihoodScale: .noise
    case .dropout: .dropout
    case .inputDropout: .inputDropout
    case .inputNoise: .inputNoise
    case .shift: .shift
    case .priorScale, .groupScale, .mixtureWeight, .mixtureWide, .mixtureNarrow, .temperature: nil
    }
  }

  /// The configuration's value, in its own units.
  func value(in configuration: SweepConfiguration) -> Double {
    let prior = configuration.inference.prior
    return switch self {
    case .priorScale: prior.scale
    case .groupScale(let index):
      if let scales = prior.scales, index < scales.count { scales[index] } else { prior.scale }
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
