import BayesianNetworks
import Foundation
import Probability
import StudyModel
import Tensors

extension NetworkScores {
  /// The error after a part of the weights was set to 0, for each of the fractions.
  func pruning(
    _ posterior: any Posterior<Float>, context: any RunContext, pause: () throws -> Void
  ) throws -> [String: Double] {
    guard let moments = posterior.weightMoments(of: model) else { return [:] }
    let pruning = Pruning(mean: moments.mean, scale: moments.scale, network: model.network)
    var metrics: [String: Double] = [:]
    for fraction in configuration.evaluation.pruning.fractions {
      try pause()
      // Both criteria rank alike: Graves's ratio falls with the signal-to-noise ratio.
      let point = pruning.point(
        fraction: fraction, of: posterior, mean: moments.point, model: model, data: fold.validation,
        evaluation: evaluation)
      let isRegression = model.likelihood != .categorical
      let metric: NetworkMetric = isRegression ? .prunedRMSE(fraction: fraction) : .prunedError(fraction: fraction)
      metrics[metric.rawValue] = point.sampled.error
      log("pruning", point, context)
    }
    return metrics
  }

  /// The error on inputs that were moved along the sign of the gradient, for each epsilon.
  func fastGradientSign(
    _ posterior: any Posterior<Float>, predictive: any Predictive<Float>, context: any RunContext,
    pause: () throws -> Void
  ) throws -> [String: Double] {
    // Pixels stay in their range; standardised inputs have none.
    let range: ClosedRange<Double>? = fold.inputsAreUnitInterval ? 0...1 : nil
    let attack = FastGradientSign(samples: min(10, evaluation.samples), key: key.folded(4), range: range)
    let directions = attack.directions(of: posterior, model: model, data: fold.validation)
    var metrics: [String: Double] = [:]
    for epsilon in configuration.evaluation.fgsm.epsilons {
      try pause()
      let point = attack.point(
        epsilon: epsilon, of: predictive, data: fold.validation, along: directions, evaluation: evaluation)
      metrics[NetworkMetric.fgsmError(epsilon: epsilon).rawValue] = point.quality.error
      log("fgsm", point, context)
    }
    return metrics
  }

  /// The reliability diagram of a classification, or the coverage of central intervals, as a line of the log.
  func logCalibration(_ scores: PredictiveScores, context: any RunContext) {
    struct Bin: Encodable {
      var level: Double
      var observed: Double
      var count: Int?
    }
    var bins: [Bin] = []
    switch scores {
    case .classification(let scores):
      for bin in scores.reliability().bins {
        guard let confidence = bin.meanConfidence, let accuracy = bin.accuracy else { continue }
        bins.append(Bin(level: confidence, observed: accuracy.value, count: bin.count))
      }
    case .regression(let scores, _, _):
      bins = scores.calibrationCurve().points.map { Bin(level: $0.level, observed: $0.coverage.value, count: nil) }
    }
    log("calibration-curve", bins, context)
  }

  /// How means and samples of the weights are distributed, as a line of the log.
  func logWeightHistogram(_ posterior: any Posterior<Float>, context: any RunContext) {
    let mean = posterior.weightMoments(of: model)?.point ?? posterior.sample(0, key: key.folded(5))
    let histogram = WeightHistogram(
      of: posterior, mean: mean, network: model.network, samples: min(10, evaluation.samples), key: key.folded(5),
      bins: 50)
    log("weight-histogram", histogram, context)
  }

  /// The loss around the path of the training, as a line of the log.
  func logLossPlane(_ iterates: [Vector<Float>], context: any RunContext) throws {
    guard iterates.count >= 3 else {
      context.log(.warning, "loss-plane: the path has \(iterates.count) points, and a plane needs three")
      return
    }
    let plane = try LossPlane(iterates: iterates)
    let grid = plane.grid(points: 15)
    log("loss-plane", plane.surface(xs: grid.xs, ys: grid.ys, model: model, data: fold.validation), context)
  }

  private func log(_ name: String, _ value: some Encodable, _ context: any RunContext) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(value) else { return }
    context.log(.info, "\(name): \(String(decoding: data, as: UTF8.self))")
  }
}
