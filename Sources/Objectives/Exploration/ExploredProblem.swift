import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// What a run explores, in the terms of the training core: the loss as a function of the weights or of the posterior's
/// parameters, and of the hyperparameters; the region; and the way back to the sweep file's units and to the objective's
/// metric.
struct ExploredProblem {
  let problem: any BilevelProblem<Float>
  /// The same, where a hypernetwork can learn it layer by layer; nil for folds together.
  let layered: (any LayeredProblem<Float>)?
  /// In the coordinates of `problem`'s hyperparameters, which are without bounds.
  let box: HyperparameterBox
  /// The point of the trial.
  let start: [Double]
  private let sides: [(side: Exploration.Side, hyperparameter: Hyperparameter)]
  /// The dimensions, in the order of the exploration.
  let names: [String]
  private let metric: ExploredMetric

  /// - Throws: `ObjectiveError` where a dimension cannot be explored in this configuration.
  init(_ exploration: Exploration, _ plan: ExplorationPlan) throws {
    let configuration = plan.configuration
    metric = plan.metric
    names = exploration.sides.map(\.dimension)
    let tuned = try exploration.sides.map { side in
      guard let hyperparameter = Hyperparameter(path: side.dimension),
        configuration.dependsContinuously(on: hyperparameter)
      else {
        throw ObjectiveError(
          "\(side.dimension): the training loss does not depend on it continuously here; it has to be searched by trials"
        )
      }
      guard [side.range.lowerBound, side.range.upperBound].allSatisfy({ hyperparameter.unbounded($0).isFinite }) else {
        throw ObjectiveError(
          "the region \(exploration.json.serialized()) leaves the domain of a hyperparameter: scales are above 0, and "
            + "rates and the weight of a mixture between 0 and 1")
      }
      return (side: side, hyperparameter: hyperparameter)
    }
    let hyperparameters = tuned.map(\.hyperparameter)
    for side in tuned { try plan.network.priorScales?.check(side.hyperparameter) }
    if configuration.inference.method == .bayesByBackprop {
      let base = VariationalChoice(hyperparameters, plan.network, plan.fold)
      sides = tuned.sorted { base.index(of: $0.hyperparameter) < base.index(of: $1.hyperparameter) }
      let free = sides.map { base.index(of: $0.hyperparameter) }
      let restricted = RestrictedProblem(base.problem, free: free, fixed: base.values)
      (layered, problem) = (restricted, restricted)
    } else {
      let choices = (plan.folds ?? [plan.fold]).map { PointChoice(hyperparameters, plan.network, $0) }
      let first = choices[0]
      sides = tuned.sorted { first.index(of: $0.hyperparameter) < first.index(of: $1.hyperparameter) }
      let free = sides.map { first.index(of: $0.hyperparameter) }
      if free.count == first.problem.hyperparameterCount {
        (layered, problem) = Self.joined(choices.map(\.problem), together: plan.folds != nil)
      } else {
        let restricted = choices.map { RestrictedProblem($0.problem, free: free, fixed: $0.values) }
        (layered, problem) = Self.joined(restricted, together: plan.folds != nil)
      }
    }
    let ends = sides.map { side in
      [side.side.range.lowerBound, side.side.range.upperBound].map { side.hyperparameter.unbounded($0) }
    }
    box = try HyperparameterBox(lower: ends.map { $0[0] }, upper: ends.map { $0[1] })
    start = box.projected(sides.map { $0.hyperparameter.unbounded($0.hyperparameter.value(in: configuration)) })
  }

  private static func joined<Part: LayeredProblem<Float>>(
    _ parts: [Part], together: Bool
  ) -> ((any LayeredProblem<Float>)?, any BilevelProblem<Float>) {
    together ? (nil, JointProblem(parts)) : (parts[0], parts[0])
  }

  /// In the units of the sweep file and of the metric.
  func value(_ value: SurfaceValue) -> Survey.Value {
    Survey.Value(
      coordinates(of: value.hyperparameters), mean: metric.value(ofLoss: value.value),
      error: value.error.map { metric.error(ofLoss: $0) })
  }

  /// The values of the explored dimensions.
  private func coordinates(of hyperparameters: [Double]) -> [Double] {
    names.map { name in
      let place = sides.firstIndex { $0.side.dimension == name } ?? 0
      let range = sides[place].side.range
      return min(
        max(sides[place].hyperparameter.value(unbounded: hyperparameters[place]), range.lowerBound), range.upperBound)
    }
  }

  /// Throws where the objective is the same for all values of a dimension, because neither the training nor the
  /// objective itself depends on it with these data. It costs a few losses of a few examples.
  func checkDependence(key: RandomKey) throws(ObjectiveError) {
    let ineffective = problem.ineffectiveHyperparameters(around: start, key: key).map { sides[$0].side.dimension }
    guard ineffective.isEmpty else {
      throw ObjectiveError(
        "\(ineffective.joined(separator: ", ")): neither the training loss nor the objective depends on it with these "
          + "data; it has to be searched by trials")
    }
  }

  /// What is said at the end.
  func text(_ survey: Survey) -> String {
    let value = survey.optimum
    let coordinates = zip(names, value.coordinates).map { "\($0) \(String(format: "%.4g", $1))" }
    let error = value.error.map { " ± \(String(format: "%.2g", $0))" } ?? ""
    return
      "the best it expects: \(coordinates.joined(separator: ", ")): \(String(format: "%.5g", value.mean))\(error), "
      + "after \(survey.steps) steps"
  }

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
