import Foundation

/// Scores of a regression's predictive distribution, collected one posterior sample at a time, or of a Gaussian in closed
/// form.
///
/// Sample s predicts N(f_s(x), noise_s^2) for each output; the predictive distribution is the mixture of all samples.
/// What is kept does not grow with the number of samples.
public struct RegressionScores: Sendable {
  private let targets: [Double]
  private let outputs: Int
  private var samples = 0
  private var mean: [Double]
  private var squares: [Double]
  private var noiseVariance = 0.0
  private var logLikelihood: [RunningLogSumExp]
  private var cumulative: [Double]

  /// - Parameters:
  ///   - targets: Point after point, with `outputs` numbers each.
  public init(targets: [Double], outputs: Int = 1) {
    precondition(
      outputs >= 1 && !targets.isEmpty && targets.count % outputs == 0,
      "\(targets.count) targets cannot be points of \(outputs) outputs")
    self.targets = targets
    self.outputs = outputs
    mean = Array(repeating: 0, count: targets.count)
    squares = mean
    cumulative = mean
    logLikelihood = Array(repeating: RunningLogSumExp(), count: targets.count / outputs)
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
      means.count == targets.count && variances.count == targets.count && logDensities.count == logLikelihood.count,
      "\(means.count) means, \(variances.count) variances and \(logDensities.count) densities for \(targets.count) targets"
    )
    samples = 1
    (mean, squares, noiseVariance) = (means, variances, noise * noise)
    for i in targets.indices {
      let z = (targets[i] - means[i]) / (noise * noise + variances[i]).squareRoot()
      cumulative[i] = 0.5 * erfc(-z / 2.0.squareRoot())
    }
    for point in logDensities.indices { logLikelihood[point].add(logDensities[point]) }
  }

  /// Adds the outputs of one posterior sample, in the order of the targets.
  public mutating func add(_ predictions: [Double], noise: Double) {
    precondition(
      predictions.count == targets.count, "\(predictions.count) predictions for \(targets.count) targets")
    samples += 1
    noiseVariance += (noise * noise - noiseVariance) / Double(samples)
    let logNoise = log(noise)
    for point in logLikelihood.indices {
      var density = 0.0
      for i in (point * outputs)..<((point + 1) * outputs) {
        let z = (targets[i] - predictions[i]) / noise
        density -= logRootTwoPi + logNoise + 0.5 * z * z
        let difference = predictions[i] - mean[i]
        mean[i] += difference / Double(samples)
        squares[i] += difference * (predictions[i] - mean[i])
        cumulative[i] += 0.5 * erfc(-z / 2.0.squareRoot())
      }
      logLikelihood[point].add(density)
    }
  }

  /// log (1/S) sum_s p(y_i | x_i, w_s) of every point.
  public var logDensities: [Double] {
    let shift = log(Double(samples))
    return logLikelihood.map { $0.value - shift }
  }

  /// Log pointwise predictive density, mean over the points: (1/N) sum_i log (1/S) sum_s p(y_i | x_i, w_s).
  public var lppd: Double {
    logLikelihood.reduce(0) { $0 + $1.value } / Double(logLikelihood.count) - log(Double(samples))
  }

  /// The standard error of `lppd` over the points; nil for one point.
  public var lppdStandardError: Double? { Estimate.mean(logDensities).standardError }

  /// Root mean squared error of the predictive mean.
  public var rmse: Double {
    (zip(mean, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(targets.count)).squareRoot()
  }

  /// The standard error of `rmse` over the points by the delta method: that of the mean squared error, divided by
  /// 2 rmse; nil for one point.
  public var rmseStandardError: Double? {
    let squares = perPoint { (mean[$0] - targets[$0]) * (mean[$0] - targets[$0]) }
    let error = Estimate.mean(squares.map { $0 / Double(outputs) })
    return error.standardError.map { error.value == 0 ? 0 : $0 / (2 * error.value.squareRoot()) }
  }

  /// Negative log likelihood, mean over the points, of the Gaussian with the predictive distribution's mean and
  /// variance (Lakshminarayanan, Pritzel and Blundell 2017). NaN where a prediction or the noise is NaN.
  public var negativeLogLikelihood: Double { gaussianLosses.reduce(0, +) / Double(logLikelihood.count) }

  /// The standard error of `negativeLogLikelihood` over the points; nil for one point.
  public var negativeLogLikelihoodStandardError: Double? { Estimate.mean(gaussianLosses).standardError }

  /// The part of the targets inside the predictive distribution's central intervals. NaN where a prediction or the
  /// noise is NaN.
  ///
  /// - Parameter levels: The intervals' probabilities.
  public func calibrationCurve(
    levels: [Double] = (1...19).map { Double($0) / 20 }
  ) -> CalibrationCurve {
    CalibrationCurve(cumulative: cumulative.map { $0 / Double(samples) }, levels: levels)
  }

  /// Expected calibration error of a regression (Kuleshov, Fenner and Ermon 2018, with central intervals): the mean
  /// over the levels 0.05, 0.10 ... 0.95 of |the part of the targets inside the predictive distribution's central
  /// interval of that probability - the level|.
  public var calibrationError: Double { calibrationCurve().meanError }

  private var gaussianLosses: [Double] {
    perPoint { i in
      let scale = (noiseVariance + squares[i] / Double(samples)).squareRoot()
      return scale > 0 ? -Gaussian(mean: mean[i], scale: scale).logDensity(targets[i]) : .nan
    }
  }

  /// The sums over the outputs of each point.
  private func perPoint(_ value: (Int) -> Double) -> [Double] {
    logLikelihood.indices.map { point in
      ((point * outputs)..<((point + 1) * outputs)).reduce(0) { $0 + value($1) }
    }
  }
}
