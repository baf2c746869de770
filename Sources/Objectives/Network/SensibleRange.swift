import BayesianNetworks
import Foundation
import Tensors

/// How far the scores of a training can lie from its targets. Beyond that it diverged, though every number is finite.
struct SensibleRange {
  private let likelihood: Likelihood
  private let rows: Double
  /// The greatest target, or the noise that a regression starts with if that is greater, as the network sees them.
  private let reach: Double
  private let scaling: TargetScaling

  init(of fold: PreparedFold, _ likelihood: Likelihood) {
    self.likelihood = likelihood
    scaling = fold.scaling
    rows = Double(fold.train.count)
    guard case .gaussian(let scale, _) = likelihood, case .values(let targets) = fold.train.targets else {
      reach = 1
      return
    }
    reach = targets.elements.array.reduce(scale) { max($0, Double(abs($1))) }
  }

  /// What is wrong with a noise scale, as the network sees it; nil if nothing is.
  ///
  /// No noise that was learned is far greater than the targets themselves, with any weights.
  func fault(ofNoise noise: Double) -> String? {
    if noise > 0, noise <= 1e4 * reach { return nil }
    return
      "the learned noise is \(Float(noise * scaling.scale)), and \(targets), in log noise; begin nearer to the noise "
      + "that is there (model.likelihood.scale), or leave model.likelihood.learned out"
  }

  /// What is wrong with the first metric that is out of any range, in the order of their names.
  func fault(in metrics: [String: Double]) -> String? {
    for (name, value) in metrics.sorted(by: { $0.key < $1.key }) {
      guard value.isFinite else { return "metric '\(name)' is \(value)" }
      if name == "elbo_likelihood", let fault = fault(ofTrainingLikelihood: value / rows, noise: metrics["noise"]) {
        return fault
      }
      if name == "noise", let fault = fault(ofNoise: value / scaling.scale) { return fault }
      // Validation data may lie far outside of the training data.
      if name == "rmse", value > 1e6 * reach * scaling.scale { return "the rmse is \(Float(value)), and \(targets)" }
    }
    return nil
  }

  /// - Parameters:
  ///   - value: The expected log likelihood of a training example, in the targets' own units.
  ///   - noise: What was learned, in the same units.
  private func fault(ofTrainingLikelihood value: Double, noise: Double?) -> String? {
    guard case .gaussian(let fixed, _) = likelihood else {
      return value < -1e4 ? "the log likelihood of a training example is \(Float(value))" : nil
    }
    let noise = noise ?? fixed * scaling.scale
    let residual = noise * (2 * max(0, -value - log(noise) - 0.5 * log(2 * Double.pi))).squareRoot()
    guard residual > 100 * reach * scaling.scale else { return nil }
    return "the residuals of the training data are \(Float(residual)), and \(targets)"
  }

  private var targets: String {
    "the targets lie within \(Float(reach * scaling.scale)) of \(Float(scaling.mean))"
  }
}
