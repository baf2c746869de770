import Foundation

/// Scores of a regression's predictive distribution, collected one posterior sample at a time, or of a Gaussian in closed
/// form.
///
/// Sample s predicts N(f_s(x), noise_s^2) for each output; the predictive distribution is the mixture of all samples.
/// What is kept does not grow with the number of samples.
public struct RegressionScores: Sendable {
  private let targets: [Double]
  /// The numbers that each point has.
  public let outputs: Int
  private var all: RegressionSums
  private var groups: GroupedSums<RegressionSums>?
  /// Of the sample that is being added: the log densities of the points, and the distribution function at the targets.
  private var densities: [Double]
  private var terms: [Double]

  /// - Parameters:
  ///   - targets: Point after point, with `outputs` numbers each.
  ///   - groups: Of the samples that will be added, where `monteCarloErrors` are wanted. So many times more is kept.
  public init(targets: [Double], outputs: Int = 1, groups: JackknifeGroups? = nil) {
    precondition(
      outputs >= 1 && !targets.isEmpty && targets.count % outputs == 0,
      "\(targets.count) targets cannot be points of \(outputs) outputs")
    self.targets = targets
    self.outputs = outputs
    let empty = RegressionSums(targets: targets.count, outputs: outputs)
    all = empty
    densities = Array(repeating: 0, count: targets.count / outputs)
    terms = Array(repeating: 0, count: targets.count)
    self.groups = groups.map { GroupedSums($0, empty: empty) }
  }

  /// The scores of Gaussian outputs and noise: nothing is sampled.
  ///
  /// - Parameters:
  ///   - variances: Of the outputs, without the noise.
  ///   - logDensities: log p(y_i | x_i) of every point.
  public init(
    targets: [Double], outputs: Int = 1, means: [Double], variances: [Double], noise: Double, logDensities: [Double]
  ) {
    self.init(targets: targets, outputs: outputs)
    precondition(
      means.count == targets.count && variances.count == targets.count && logDensities.count == all.logLikelihood.count,
      "\(means.count) means, \(variances.count) variances and \(logDensities.count) densities for \(targets.count) targets"
    )
    let cumulative = targets.indices.map { i in
      let z = (targets[i] - means[i]) / (noise * noise + variances[i]).squareRoot()
      return 0.5 * erfc(-z / 2.0.squareRoot())
    }
    all = RegressionSums(
      means: means, variances: variances, noiseVariance: noise * noise, logDensities: logDensities,
      cumulative: cumulative)
  }

  /// Adds the outputs of one posterior sample, in the order of the targets.
  public mutating func add(_ predictions: [Double], noise: Double) {
    precondition(
      predictions.count == targets.count, "\(predictions.count) predictions for \(targets.count) targets")
    let logNoise = log(noise)
    for point in densities.indices {
      var density = 0.0
      for i in (point * outputs)..<((point + 1) * outputs) {
        let z = (targets[i] - predictions[i]) / noise
        density -= logRootTwoPi + logNoise + 0.5 * z * z
        terms[i] = 0.5 * erfc(-z / 2.0.squareRoot())
      }
      densities[point] = density
    }
    all.add(predictions, noise: noise, logDensities: densities, cumulative: terms)
    groups?.current.add(predictions, noise: noise, logDensities: densities, cumulative: terms)
    groups?.closeFullGroup()
  }

  /// The Monte Carlo standard errors of scores: their standard deviations under other posterior samples, with the same
  /// data, by the delete-a-group jackknife. The points share the samples, so their errors are not independent.
  ///
  /// - Parameter scores: Scores by name.
  /// - Returns: Nothing where there is one sample or a closed form, or where no groups were asked for.
  public func monteCarloErrors<Name: Hashable>(of scores: (Self) -> [Name: Double]) -> [Name: Double] {
    guard let groups else { return [:] }
    return groups.standardErrors(of: scores(self)) { sums in
      var part = self
      (part.all, part.groups) = (sums, nil)
      return scores(part)
    }
  }

  /// log (1/S) sum_s p(y_i | x_i, w_s) of every point.
  public var logDensities: [Double] {
    let shift = log(Double(all.samples))
    return all.logLikelihood.map { $0.value - shift }
  }

  /// Log pointwise predictive density, mean over the points: (1/N) sum_i log (1/S) sum_s p(y_i | x_i, w_s).
  public var lppd: Double {
    all.logLikelihood.reduce(0) { $0 + $1.value } / Double(all.logLikelihood.count) - log(Double(all.samples))
  }

  /// The standard error of `lppd` over the points; nil for one point.
  public var lppdStandardError: Double? { Estimate.mean(logDensities).standardError }

  /// Root mean squared error of the predictive mean.
  public var rmse: Double {
    (zip(all.mean, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(targets.count)).squareRoot()
  }

  /// The standard error of `rmse` over the points by the delta method: that of the mean squared error, divided by
  /// 2 rmse; nil for one point.
  public var rmseStandardError: Double? {
    let squares = perPoint { (all.mean[$0] - targets[$0]) * (all.mean[$0] - targets[$0]) }
    let error = Estimate.mean(squares.map { $0 / Double(outputs) })
    return error.standardError.map { error.value == 0 ? 0 : $0 / (2 * error.value.squareRoot()) }
  }

  /// Negative log likelihood, mean over the points, of the Gaussian with the predictive distribution's mean and
  /// variance (Lakshminarayanan, Pritzel and Blundell 2017). NaN where a prediction or the noise is NaN.
  public var negativeLogLikelihood: Double { gaussianLosses.reduce(0, +) / Double(all.logLikelihood.count) }

  /// The standard error of `negativeLogLikelihood` over the points; nil for one point.
  public var negativeLogLikelihoodStandardError: Double? { Estimate.mean(gaussianLosses).standardError }

  /// The part of the targets inside the predictive distribution's central intervals. NaN where a prediction or the
  /// noise is NaN.
  ///
  /// - Parameter levels: The intervals' probabilities.
  public func calibrationCurve(
    levels: [Double] = (1...19).map { Double($0) / 20 }
  ) -> CalibrationCurve {
    CalibrationCurve(cumulative: all.cumulative.map { $0 / Double(all.samples) }, levels: levels)
  }

  /// Expected calibration error of a regression (Kuleshov, Fenner and Ermon 2018, with central intervals): the mean
  /// over the levels 0.05, 0.10 ... 0.95 of |the part of the targets inside the predictive distribution's central
  /// interval of that probability - the level|.
  public var calibrationError: Double { calibrationCurve().meanError }

  private var gaussianLosses: [Double] {
    perPoint { i in
      let scale = (all.noiseVariance + all.squares[i] / Double(all.samples)).squareRoot()
      return scale > 0 ? -Gaussian(mean: all.mean[i], scale: scale).logDensity(targets[i]) : .nan
    }
  }

  /// The sums over the outputs of each point.
  private func perPoint(_ value: (Int) -> Double) -> [Double] {
    all.logLikelihood.indices.map { point in
      ((point * outputs)..<((point + 1) * outputs)).reduce(0) { $0 + value($1) }
    }
  }
}
