import Foundation
import StudyModel

extension NetworkPlan {
  /// What a user should know before a training begins.
  func warnings(_ configuration: SweepConfiguration, steps: Int) -> [String] {
    let inference = configuration.inference
    var warnings = [slowScales(configuration, steps: steps)].compactMap { $0 }
    if inference.temperature != 1 {
      warnings.append(
        "the temperature is \(inference.temperature): the posterior is tempered, and no evidence is reported")
    }
    if inference.method == .hwa, inference.averaging.form == .printed {
      warnings.append(
        "inference.averaging.form is \"printed\": the paper's recursion for the variance is wrong and can become "
          + "negative; it is here for comparison, use \"corrected\"")
    }
    return warnings
  }

  /// A step of Adam moves a parameter by about the learning rate at most. Where all steps together do not bring the
  /// posterior's scales from their start to the prior's, weights that the data says nothing of keep a divergence that is
  /// an accident of the start, and the bound measures that.
  ///
  /// - Returns: nil when the steps are enough, and for gradient descent, whose steps have no such limit.
  func slowScales(_ configuration: SweepConfiguration, steps: Int) -> String? {
    let (inference, training) = (configuration.inference, configuration.training)
    let isAdaptive = [.adam, .adamw, .rmsprop].contains(training.optimizer)
    guard inference.method == .bayesByBackprop, inference.prior.kind != .graves, isAdaptive else { return nil }
    let prior = inference.prior
    let widest = prior.kind == .scaleMixture ? prior.mixture.wide.map { exp($0) } ?? prior.scale : prior.scale
    let scale = priorScales?.values.max() ?? widest
    let start = inference.initialization.rhoHigh
    let reach = training.learningRate * Double(steps)
    // softplus(rho) = scale
    let distance = scale + log(-expm1(-scale)) - start
    guard reach < distance else { return nil }
    return String(
      format:
        "rho can move by %.3g in %d steps (learning rate x steps) and has %.3g to go from its start to the prior's "
        + "scale: the ELBO will be far from converged and says little about the prior; more epochs, a higher learning "
        + "rate or a wider initialization.rhoHigh", reach, steps, distance)
  }
}
