import Foundation
import StudyModel

extension NetworkPlan {
  /// A step of Adam moves a parameter by about the learning rate at most. Where all steps together do not bring the
  /// posterior's scales from their start to the prior's, weights that the data says nothing of keep a divergence that is
  /// an accident of the start, and the bound measures that.
  ///
  /// - Returns: nil when the steps are enough, and for gradient descent, whose steps have no such limit.
  func slowScales(_ configuration: SweepConfiguration, steps: Int) -> String? {
    let (inference, training) = (configuration.inference, configuration.training)
    guard training.optimizer == .adam else { return nil }
    let prior = inference.prior
    let scale = prior.kind == .scaleMixture ? prior.mixture.wide.map { exp($0) } ?? prior.scale : prior.scale
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
