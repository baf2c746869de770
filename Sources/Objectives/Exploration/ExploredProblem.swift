import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// What a run explores, in the terms of the training core: the loss as a function of the posterior's parameters and of the
/// hyperparameters, the region, and the way back to the sweep file's units and to the objective's metric.
struct ExploredProblem {
  typealias Problem = RestrictedProblem<VariationalProblem<Float>>

  let problem: Problem
  /// In the coordinates of `problem`'s hyperparameters, which are without bounds.
  let box: HyperparameterBox
  /// The point of the trial.
  let start: [Double]
  private let sides: [(side: Exploration.Side, hyperparameter: Hyperparameter, index: Int)]
  private let metric: String
  private let validationCount: Int
  /// What the log density of all training targets loses in the change to the target's own units, and that of one target.
  private let trainingShift: Double
  private let shift: Double

  /// - Throws: `ObjectiveError` where a dimension cannot be explored in this configuration.
  init(_ exploration: Exploration, _ plan: NetworkPlan, _ fold: PreparedFold) throws {
    let configuration = plan.configuration
    metric = configuration.objective.metric
    validationCount = fold.validation.count
    var targets = 0
    if case .values(let values) = fold.train.targets { targets = values.columns }
    shift = Double(targets) * log(fold.scaling.scale)
    trainingShift = Double(fold.train.count) * shift
    let isMixture = configuration.inference.prior.kind == .scaleMixture
    let tunesNoise = exploration.sides.contains { $0.dimension == Hyperparameter.likelihoodScale.path }
    let base = VariationalProblem(
      plan.model.network, plan.model.likelihood, prior: isMixture ? .scaleMixture : .gaussian(.global),
      tunesNoise: tunesNoise, samples: configuration.inference.samples,
      objective: configuration.objective.metric == "elbo" ? .evidence : .validation(fold.validation),
      initialization: plan.initialization, training: fold.train)
    var sides: [(side: Exploration.Side, hyperparameter: Hyperparameter, index: Int)] = []
    for side in exploration.sides {
      guard let hyperparameter = Hyperparameter(path: side.dimension),
        configuration.dependsContinuously(on: hyperparameter)
      else {
        throw ObjectiveError(
          "\(side.dimension): the training loss does not depend on it continuously here; it has to be searched by trials"
        )
      }
      let index =
        switch hyperparameter {
        case .priorScale: isMixture ? 1 : 0
        case .mixtureWeight: 0
        case .mixtureWide: 1
        case .mixtureNarrow: 2
        case .likelihoodScale: base.hyperparameterCount - 1
        }
      sides.append((side, hyperparameter, index))
    }
    sides.sort { $0.index < $1.index }
    self.sides = sides
    let fixed = Self.hyperparameters(of: configuration, isMixture: isMixture, tunesNoise: tunesNoise)
    problem = RestrictedProblem(base, free: sides.map(\.index), fixed: fixed)
    let ends = sides.map { side in
      [side.side.range.lowerBound, side.side.range.upperBound].map { side.hyperparameter.unbounded($0) }
    }
    guard ends.joined().allSatisfy(\.isFinite) else {
      throw ObjectiveError(
        "the region \(exploration.json.serialized()) leaves the domain of a hyperparameter: scales are above 0, and the "
          + "weight of a mixture is between 0 and 1")
    }
    box = try HyperparameterBox(lower: ends.map { $0[0] }, upper: ends.map { $0[1] })
    start = box.projected(sides.map { fixed[$0.index] })
  }

  /// All hyperparameters of the problem at the configuration's values.
  private static func hyperparameters(
    of configuration: SweepConfiguration, isMixture: Bool, tunesNoise: Bool
  ) -> [Double] {
    let prior = configuration.inference.prior
    let ofPrior =
      isMixture
      ? [
        Hyperparameter.mixtureWeight.unbounded(prior.mixture.weight), prior.mixture.wide ?? log(prior.scale),
        prior.mixture.narrow,
      ] : [log(prior.scale)]
    return ofPrior + (tunesNoise ? [log(configuration.model.likelihood.scale)] : [])
  }

  /// The values of the explored dimensions, in the order of the exploration's sides.
  ///
  /// - Parameter order: The names of the sides.
  func coordinates(of hyperparameters: [Double], in order: [String]) -> [Double] {
    order.map { name in
      let place = sides.firstIndex { $0.side.dimension == name } ?? 0
      let range = sides[place].side.range
      return min(
        max(sides[place].hyperparameter.value(unbounded: hyperparameters[place]), range.lowerBound), range.upperBound)
    }
  }

  /// The metric for a value of Q; see `VariationalProblem.Objective`. Of held-out data it is that of the mean log density
  /// under the posterior, which is below the lppd (Jensen's inequality).
  func metric(ofLoss value: Double) -> Double {
    switch metric {
    case "elbo": -value - trainingShift
    case "lppd": -value / Double(validationCount) - shift
    default: value / Double(validationCount) + shift
    }
  }

  /// How far the metric is off where Q is off by so much.
  func metricError(ofLoss error: Double) -> Double { metric == "elbo" ? error : error / Double(validationCount) }

  /// So many points that fill the region evenly: the generalised golden ratio's sequence (Roberts 2018), the same for every
  /// run.
  func points(_ count: Int) -> [[Double]] {
    let dimensions = box.count
    var root = 2.0
    for _ in 0..<50 { root = pow(1 + root, 1 / Double(dimensions + 1)) }
    return (0..<count).map { index in
      (0..<dimensions).map { place in
        let step = pow(1 / root, Double(place + 1))
        let u = (0.5 + step * Double(index)).truncatingRemainder(dividingBy: 1)
        return box.lower[place] + (box.upper[place] - box.lower[place]) * u
      }
    }
  }
}
