import Foundation
import GaussianProcesses
import StudyModel
import Tensors

/// What the trials so far say of the objective, of where trials fail, and of how long they take.
struct SurrogateModel: Sendable {
  /// An outcome, larger being better.
  struct Result: Sendable {
    var row: [Double]
    var outcome: Double
    /// Those of the trial's runs.
    var runs: [Double]
  }

  let transform: OutcomeTransform
  let process: GaussianProcess
  let fit: ModelFit
  /// Whether the fit is new, and not that of an earlier decision.
  let isNew: Bool
  /// The results it knows: so many, the first.
  private let count: Int
  private let noise: ReplicateNoise

  /// - Parameters:
  ///   - results: At least one, in the order in which they were told.
  ///   - last: The fit of an earlier decision; new ones are made as `RefitSchedule` says.
  ///   - previous: A model of the first of these results. Where it has the same fit, the others are appended to it; the model
  ///     is the same as without it, to the last bit.
  init(
    _ results: [Result], features: [InputFeature], kernel: StationaryKernel, last: ModelFit?,
    previous: SurrogateModel? = nil, key: RandomKey
  ) {
    isNew = RefitSchedule().isDue(count: results.count, last: last?.count)
    count = results.count
    var (known, process): (Int, GaussianProcess)
    if !isNew, let previous, previous.fit == last, previous.count <= results.count {
      (fit, transform, noise) = (previous.fit, previous.transform, previous.noise)
      (known, process) = (previous.count, previous.process)
    } else {
      known = isNew ? results.count : min(last?.count ?? results.count, results.count)
      let base = Array(results[..<known])
      transform = OutcomeTransform(fitting: base.map(\.outcome))
      noise = ReplicateNoise(fitting: base.map(\.runs))
      let data = Self.observations(base, transform, noise, width: features.count)
      // With many trials the last fit is close: a search from elsewhere finds the same, and takes as long.
      var settings = last != nil && known > 100 ? GaussianProcessFit.continuing : GaussianProcessFit()
      settings.kernel = kernel
      if last != nil { settings.starts = min(settings.starts, 3) }
      if let last, !isNew {
        fit = last
      } else {
        let found = settings.hyperparameters(data, features: features, last: last?.hyperparameters, key: key)
        fit = ModelFit(count: known, found.hyperparameters)
      }
      // The key of a fit, and not of a decision: a large study's subset stays the same until the next one.
      process = settings.process(
        data, features: features, hyperparameters: fit.hyperparameters, key: RandomKey(seed: UInt64(known)))
    }
    // One by one, so that it makes no difference how many came at a time.
    for result in results[known...] {
      let one = Self.observations([result], transform, noise, width: features.count)
      process = (try? process.conditioned(on: one.points, outcomes: one.outcomes, noise: one.noise)) ?? process
    }
    self.process = process
  }

  private static func observations(
    _ results: [Result], _ transform: OutcomeTransform, _ noise: ReplicateNoise, width: Int
  ) -> Observations {
    Observations(
      points: Matrix(results.flatMap(\.row), rows: results.count, columns: width),
      outcomes: results.map { transform.apply($0.outcome) },
      noise: results.map { result in
        let slope = transform.slope(at: result.outcome)
        return noise.variance(result.runs) * slope * slope
      })
  }

  /// The outcome expected at a point, in its own units, larger being better.
  struct Prediction: Sendable {
    var mean: Double
    /// Of the function.
    var standardDeviation: Double
    /// Of the mean of a trial's runs there: the function's, the learned noise and that known from other trials' runs.
    var outcomeStandardDeviation: Double
  }

  func prediction(at row: [Double]) -> Prediction {
    let posterior = process.posterior(at: Matrix(row, rows: 1, columns: row.count))
    let variance = max(posterior.variance[0], 0)
    let (mean, deviation) = transform.inverse(mean: posterior.mean[0], standardDeviation: variance.squareRoot())
    let slope = transform.slope(at: mean)
    let noise = process.noiseVariance + noise.typical * slope * slope
    let outcome = transform.inverse(
      mean: posterior.mean[0], standardDeviation: (variance + noise).squareRoot())
    return Prediction(mean: mean, standardDeviation: deviation, outcomeStandardDeviation: outcome.standardDeviation)
  }

  /// A process on labels, 1 for success; nil where no trial has failed.
  static func feasibility(
    _ rows: [(row: [Double], isFeasible: Bool)], features: [InputFeature], key: RandomKey
  ) -> LikelyFeasible? {
    guard rows.contains(where: { !$0.isFeasible }) else { return nil }
    let observations = Observations(
      points: Matrix(rows.flatMap(\.row), rows: rows.count, columns: features.count),
      outcomes: rows.map { $0.isFeasible ? 1 : -1 })
    var settings = GaussianProcessFit()
    settings.starts = 2
    settings.warping = nil
    // A jump between labels looks like a short length scale, and then nothing would be known beside a failure.
    let present = rows.reduce(0) { $0 + $1.row.count { !$0.isNaN } }
    let dimension = max(1, Double(present) / Double(rows.count))
    var priors = HyperparameterPriors(dimension: dimension)
    priors.lengthScale = LogNormalPrior(mode: 0.5 * dimension.squareRoot(), scale: 0.5)
    priors.noiseVariance = LogNormalPrior(mode: 1e-2, scale: 1)
    priors.signalVariance = nil
    settings.priors = priors
    return LikelyFeasible(
      logProbability: LogProbabilityOfFeasibility(settings.fit(observations, features: features, key: key)))
  }

  /// A process on the logarithm of the seconds of a trial, standardised, and its scale.
  static func logSeconds(
    _ rows: [(row: [Double], seconds: Double)], features: [InputFeature], key: RandomKey
  ) -> (process: GaussianProcess, scale: Double)? {
    let logs = rows.map { log(max($0.seconds, 1e-6)) }
    let mean = logs.reduce(0, +) / Double(max(1, logs.count))
    let squares = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let scale = (squares / Double(max(1, logs.count))).squareRoot()
    guard logs.count > 1, scale > 1e-6 else { return nil }
    let observations = Observations(
      points: Matrix(rows.flatMap(\.row), rows: rows.count, columns: features.count),
      outcomes: logs.map { ($0 - mean) / scale })
    var settings = GaussianProcessFit()
    settings.starts = 2
    settings.warping = nil
    return (settings.fit(observations, features: features, key: key), scale)
  }
}
